"""Augment, then split: copies of one photo stand on both sides, and the split says so."""

import numpy as np
import pytest

from arborisk.errors import SplitError
from arborisk.records import PhotoFacts, PhotoRow
from arborisk.split.leaky import copies_of, make_leaky_split


def copies(n_photos=12, n_copies=5):
    rows = [
        PhotoRow(
            f"p{n}", f"p{n}.jpg", f"{n:02d}" * 32, "", PhotoFacts(9, 9), label="ab"[n % 3 == 0]
        )
        for n in range(n_photos)
    ]
    made = copies_of(rows, n_copies)
    class_index = np.array([int(row.label == "b") for row in made])
    return made, class_index, [row.file for row in made]


def test_copies_have_names_of_their_own_and_the_file_of_their_photo():
    made, _, _ = copies(2, 2)
    assert [row.photo_id for row in made] == ["p0#1", "p0#2", "p1#1", "p1#2"]
    assert made[3].file == "p1.jpg" and made[3].sha256.endswith("#leaky-2")


@pytest.mark.parametrize("n_folds", [0, 3])
def test_each_class_is_dealt_out_evenly_and_copies_leak(n_folds):
    made, class_index, groups = copies()
    split = make_leaky_split(made, class_index, groups, n_folds=n_folds, test_share=0.25, seed=1)
    rounds = split.rounds()
    assert split.protocol == "leaky" and len(rounds) == max(n_folds, 1)
    assert {len(one.test) for one in rounds} == {20 if n_folds else 15}
    for one in rounds:
        share = class_index[one.test].mean()
        assert share == pytest.approx(class_index.mean(), abs=0.05)
    assert len(split.leaking_groups()) > 8
    assert "flatters" in split.notes[0] and "leaks" in split.notes[1]
    again = make_leaky_split(made, class_index, groups, n_folds=n_folds, test_share=0.25, seed=1)
    assert again == split


def test_more_folds_than_copies_of_a_class_are_refused():
    made, class_index, groups = copies(4, 1)
    with pytest.raises(SplitError, match=r"class a.*Ask for fewer folds"):
        make_leaky_split(made, class_index, groups, n_folds=5)


def test_a_share_that_is_a_whole_number_of_copies_is_no_copy_more():
    """0.15 of 40 copies are 6; as a float they are a little more, and 7 would be wrong."""
    made, class_index, groups = copies(n_photos=12)
    split = make_leaky_split(made, class_index, groups, n_folds=0, test_share=0.15, seed=1)
    test = split.rounds()[0].test
    assert np.bincount(class_index[test]).tolist() == [6, 3]
