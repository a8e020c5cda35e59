"""Nearest labelled photos: the right ones, one of a group, in typical distances."""

import numpy as np
import pytest

from arborisk.bundle.load import load_bundle
from arborisk.errors import SettingsError
from arborisk.explanation.photo_record import LabelledNeighbours

POINTS = np.array([[0.0, 0.0], [0.1, 0.0], [3.0, 0.0], [9.0, 0.0]])
PHOTOS = LabelledNeighbours.of(
    POINTS, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"], ["Probable"] * 4, ["oak", "oak", "ash", "elm"]
)


def test_one_photo_of_a_group_nearest_first():
    found = PHOTOS.nearest(np.array([0.08, 0.0]), n_nearest=3)
    assert [one.photo for one in found] == ["b.jpg", "c.jpg", "d.jpg"]
    assert [one.distance for one in found] == sorted(one.distance for one in found)


def test_distances_are_in_typical_ones():
    # Nearest photos of other groups lie 3.0, 2.9, 2.9 and 6.0 away: the median is 2.95.
    assert PHOTOS.typical == pytest.approx(2.95)
    assert PHOTOS.nearest(np.array([5.95, 0.0]))[0].distance == pytest.approx(1.0)


def test_the_own_group_is_passed_over():
    found = PHOTOS.nearest(np.array([0.0, 0.0]), without_group="oak")
    assert [one.photo for one in found] == ["c.jpg", "d.jpg"]


def test_a_bundle_alone_gives_classes_without_pictures(fake_bundle, fake_arrays):
    bundle = load_bundle(fake_bundle)
    photos = LabelledNeighbours.of_reference(
        bundle.reference, ["Improbable", "Possible", "Probable"]
    )
    point = bundle.reference.project(bundle.predict(fake_arrays[4:5]).embedding)[0]
    nearest = photos.nearest(point, n_nearest=1)[0]
    assert (nearest.photo, nearest.label) == ("", "Possible")  # class 4 % 3
    assert nearest.distance < 0.01


def test_nothing_to_compare_with_is_refused():
    with pytest.raises(SettingsError, match="labelled photos to compare with; found none"):
        LabelledNeighbours.of(np.empty((0, 2)), [], [], [])
