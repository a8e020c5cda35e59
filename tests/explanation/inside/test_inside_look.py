"""The whole of it: the right patches at the right place, for any model, with flat memory."""

import numpy as np
import pytest
import torch

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.inside.ascent import AscentSettings
from arborisk.explanation.inside.look import look_inside
from arborisk.explanation.opened import OpenedModel
from arborisk.models.averaged import AveragedNetwork
from arborisk.models.table import MODELS, build
from arborisk.models.weights import FROM_SCRATCH
from arborisk.preprocess.settings import PreprocessSettings

CONTRAST = Contrast(2, (1,))
QUICK = AscentSettings(n_steps=2)


def looked(opened, arrays, groups=None, **options):
    groups = groups or [str(number) for number in range(len(arrays))]
    options = {"contrast": CONTRAST, "ascent": QUICK, **options}
    return look_inside(opened, arrays, groups=groups, **options)


@pytest.fixture(scope="module")
def inside(square_opened, squares):
    return looked(square_opened, squares[0], units={"body": [0]}, n_patches=5)


def test_the_photos_of_a_unit_that_answers_to_bright_squares_are_the_brightest(inside, squares):
    patches = inside.layers[0].units[0].patches
    assert [patch.photo for patch in patches] == [11, 10, 9, 8, 7]
    assert [patch.value for patch in patches] == pytest.approx(squares[2][:6:-1] / 255, abs=1e-5)


def test_its_patches_frame_the_squares(inside, squares):
    arrays, places, _ = squares
    facts = inside.layers[0].facts.excited
    assert [divmod(int(place), 4) for place in facts.places[0]] == [
        tuple(places[photo]) for photo in facts.photos[0]
    ]
    for patch in inside.layers[0].units[0].patches:
        left, top, right, bottom = (int(edge) for edge in patch.framed)
        row, column = places[patch.photo] * 8
        assert np.array_equal(
            patch.pixels[top:bottom, left:right],
            arrays[patch.photo][row : row + 8, column : column + 8],
        )


def test_a_group_stands_but_once_for_a_unit(square_opened, squares):
    groups = ["one tree"] * 3 + ["another"] * 9
    inside = looked(square_opened, squares[0], groups, units={"body": [0]})
    assert [patch.photo for patch in inside.layers[0].units[0].patches] == [11, 2]
    assert inside.n_groups == 2


def test_filters_are_the_weights(inside, square_opened):
    weights = square_opened.bodies[0].body.weight.numpy()
    assert np.array_equal(inside.filters[0].kernels, weights)


def test_facts_are_those_of_all_maps(inside, square_opened, squares):
    with torch.no_grad():
        maps = square_opened.bodies[0].body(square_opened.pictures(squares[0].copy())).numpy()
    facts = inside.layers[0].facts
    means = maps.mean(axis=(2, 3))
    assert facts.mean == pytest.approx(means.mean(axis=0), abs=1e-6)
    assert facts.spread == pytest.approx(means.std(axis=0), abs=1e-6)
    shown = inside.layers[0].maps[0]
    photo = inside.examples[0].photo
    assert shown.mean == pytest.approx(maps[photo].mean(axis=0), abs=1e-6)
    assert shown.chosen_maps[0] == pytest.approx(maps[photo, 0], abs=1e-6)


def test_weights_of_a_layer_that_the_classifier_reads_are_those_of_the_contrast():
    opened = opened_of("efficientnet_lite0", 32)
    inside = looked(opened, noise(opened, 3))
    head = opened.network.classifiers[0].weight.numpy()
    last = inside.layers[-1]
    assert last.facts.weight == pytest.approx(head[2] - head[1], abs=1e-5)
    rank = np.abs(last.facts.weight) * last.facts.spread
    assert [unit.number for unit in last.units[:3]] == np.argsort(-rank)[:3].tolist()
    assert inside.layers[0].facts.weight is None


class Watched:
    """Photos that remember the largest number of them that was asked for at once."""

    def __init__(self, arrays):
        self.arrays, self.shape, self.most = arrays, arrays.shape, 0

    def __len__(self):
        return len(self.arrays)

    def __getitem__(self, key):
        found = self.arrays[key]
        self.most = max(self.most, len(found) if found.ndim == 4 else 1)
        return found


def test_photos_are_read_a_batch_at_a_time_and_batches_change_nothing(square_opened, squares):
    watched = Watched(squares[0])
    few = looked(square_opened, watched, batch=5)
    assert watched.most == 5
    all_at_once = looked(square_opened, squares[0], batch=50)
    for first, other in zip(few.layers, all_at_once.layers, strict=True):
        assert np.array_equal(first.facts.excited.photos, other.facts.excited.photos)
        assert first.facts.spread == pytest.approx(other.facts.spread, abs=1e-7)


def test_progress_counts_up_to_the_end(square_opened, squares):
    told = []
    looked(square_opened, squares[0], progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (14, 14)


def opened_of(model, size_px, channels=0):
    entry = MODELS[model]
    channels = channels or entry.channels
    settings = PreprocessSettings(size_px=size_px, channels=channels, scaling=entry.scaling)
    weights = "" if entry.usual_weights == FROM_SCRATCH else FROM_SCRATCH
    network = build(model, n_classes=3, channels=channels, size=size_px, weights=weights).eval()
    averaged = AveragedNetwork([network], settings)
    for weight in averaged.parameters():
        weight.requires_grad_(False)
    return OpenedModel(averaged, settings, ("Improbable", "Possible", "Probable"), model)


def noise(opened, n_photos):
    shape = (n_photos, *opened.preprocess.shape)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_be_looked_into(model):
    opened = opened_of(model, 48 if model == "model1" else 32)
    inside = looked(opened, noise(opened, 3), n_units=2)
    assert all(len(layer.units) == 2 for layer in inside.layers)
    assert inside.layers[-1].facts.weight is not None
    assert all(patch.pixels.size for one in inside.layers for patch in one.units[0].patches)
    if model == "efficientnet_pair":
        used = [one.layer.n_units for one in inside.layers if one.facts.weight is not None]
        assert sorted(used) == [112, 120, 1280, 1280]
    if model == "efficientnet_depths":
        used = [one.layer.n_units for one in inside.layers if one.facts.weight is not None]
        assert sorted(used) == [48, 120, 1280]


def test_a_grey_picture_shown_to_a_network_for_colour_has_grey_filters():
    opened = opened_of("efficientnet_lite0", 32, channels=1)
    inside = looked(opened, noise(opened, 2), n_units=1, layers=["backbone._conv_stem"])
    weights = opened.bodies[0].backbone._conv_stem.weight.numpy()
    assert inside.filters[0].kernels[:, 0] == pytest.approx(weights.sum(axis=1), abs=1e-6)
    assert [one.layer.name for one in inside.layers] == ["backbone._conv_stem"]


def test_the_second_body_can_be_looked_into(fake_opened, fake_arrays):
    first, second = (looked(fake_opened, fake_arrays, body=body) for body in (0, 1))
    assert first.n_bodies == 2
    assert not np.array_equal(first.filters[0].kernels, second.filters[0].kernels)
    assert first.examples[0].score == second.examples[0].score  # of the whole model


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"groups": ["a"]}, "a group for each of 12 photos"),
        ({"names": ["a"]}, "a name for each of 12 photos"),
        ({"body": 1}, "a body from 0 to 0"),
        ({"layers": ["conv9"]}, "one of the layers body"),
        ({"units": {"body": [4]}}, "a unit from 0 to 3"),
    ],
)
def test_what_is_not_there_is_refused(square_opened, squares, options, match):
    with pytest.raises(SettingsError, match=match):
        looked(square_opened, squares[0], **options)


def test_no_photos_are_refused(square_opened, squares):
    with pytest.raises(SettingsError, match="at least one photo"):
        looked(square_opened, squares[0][:0])
