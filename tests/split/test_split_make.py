"""Splits made here: whole groups, every class everywhere, balance, and refusals in plain words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from arborisk.errors import SplitError
from arborisk.records import PhotoFacts, PhotoRow
from arborisk.split.groups import group_photos
from arborisk.split.leaky import make_deck_holdout
from arborisk.split.make import best_assignment, inner_folds, make_folds, make_holdout
from arborisk.split.plan import Split, describe, split_rows


def stand(seed, n_trees, shares=(0.7, 0.18, 0.12)):
    """Trees of 1 to 5 photos each with a class, as rows, classes and groups."""
    generator = np.random.default_rng(seed)
    of_tree = generator.choice(len(shares), p=shares, size=n_trees)
    tree = np.repeat(np.arange(n_trees), generator.integers(1, 6, n_trees))
    labels = ("Improbable", "Possible", "Probable")
    rows = [
        PhotoRow(
            f"p{index}",
            f"p{index}.jpg",
            "",
            "",
            PhotoFacts(1, 1),
            tree_id=f"t{own}",
            label=labels[of_tree[own]],
        )
        for index, own in enumerate(tree)
    ]
    return rows, of_tree[tree].astype(np.int64), group_photos(rows, [])


def shares_by_part(split, class_index):
    return np.array(
        [np.bincount(class_index[one.test], minlength=3) for one in split.rounds()]
    ) / np.bincount(class_index, minlength=3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(8, 120), st.integers(2, 6))
def test_folds_keep_groups_whole_and_hold_every_class_or_are_refused(seed, n_trees, n_folds):
    rows, classes, groups = stand(seed, n_trees)
    carrying = [
        len({g for g, c in zip(groups, classes, strict=True) if c == k}) for k in set(classes)
    ]
    if len(carrying) < 2 or min(carrying) < n_folds:
        with pytest.raises(SplitError):
            make_folds(rows, classes, groups, n_folds=n_folds)
        return
    split = make_folds(rows, classes, groups, n_folds=n_folds, seed=seed)
    assert split.leaking_groups() == ()
    tested = np.concatenate([one.test for one in split.rounds()])
    assert sorted(tested) == list(range(len(rows)))
    for one in split.rounds():
        assert set(one.train) | set(one.test) == set(range(len(rows)))
        assert not set(one.train) & set(one.test)
        for part in (one.train, one.test):
            assert set(classes[part]) == set(classes)


def test_folds_of_small_data_are_complete_where_scikit_learn_leaves_classes_out():
    """Fifteen sites that mix classes, the rare class in five sites or more."""
    n_tried = n_left_out = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        classes = np.repeat(generator.choice(3, p=[0.7, 0.18, 0.12], size=45), 2)
        sites = np.repeat(generator.integers(0, 15, 45), 2).astype(str)
        if min(len(set(sites[classes == index])) for index in range(3)) < 5:
            continue
        n_tried += 1
        folds = inner_folds(classes, sites.tolist(), n_folds=5, seed=seed)
        assert len(folds) == 5
        assert all(set(classes[test]) == {0, 1, 2} for _, test in folds)
        other = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
        n_left_out += any(
            len(set(classes[test])) < 3 for _, test in other.split(classes, classes, sites)
        )
    assert n_tried > n_left_out > 0


def test_classes_and_sizes_are_balanced():
    rows, classes, groups = stand(1, 300)
    folds = shares_by_part(make_folds(rows, classes, groups, n_folds=5), classes)
    assert np.abs(folds - 0.2).max() < 0.03
    holdout = make_holdout(rows, classes, groups, test_share=0.2)
    assert [row.part for row in holdout.rows].count("test") == pytest.approx(
        0.2 * len(rows), abs=0.01 * len(rows)
    )
    assert np.abs(shares_by_part(holdout, classes) - 0.2).max() < 0.03


def test_same_seed_same_split_other_seed_another():
    stood = stand(2, 80)
    assert make_folds(*stood, seed=4) == make_folds(*stood, seed=4)
    assert make_folds(*stood, seed=4).rows != make_folds(*stood, seed=5).rows


def test_refusal_says_which_class_how_many_groups_and_what_to_do(make_rows):
    rows = make_rows(
        20,
        trees=[f"t{index // 2}" for index in range(20)],
        labels=["Probable"] * 6 + ["Improbable"] * 14,
    )
    classes = np.repeat([1, 0], [6, 14])
    groups = group_photos(rows, [])
    with pytest.raises(SplitError) as refusal:
        make_folds(rows, classes, groups, n_folds=5)
    for words in (
        "class Probable in at least 5 groups",
        "6 photos in 3 groups",
        "at most 3 folds",
        "--scheme",
        "other trees",
    ):
        assert words in str(refusal.value)
    one_site = group_photos([*rows], [("p0", "p2"), ("p2", "p4")])
    with pytest.raises(SplitError, match=r"6 photos in 1 group .*no split can test on a class"):
        make_holdout(rows, classes, one_site)


def test_classes_tied_to_each_other_are_refused_when_no_part_works(make_rows):
    # Pairs of classes share each group: two groups a class, yet no division in two holds all three.
    rows = make_rows(6, trees=["a", "a", "b", "b", "c", "c"])
    with pytest.raises(SplitError, match="too few of them are separate"):
        make_folds(rows, np.array([0, 1, 1, 2, 0, 2]), group_photos(rows, []), n_folds=2)


def test_unusable_requests_are_refused(make_rows):
    rows = make_rows(4, labels=["Probable"] * 4)
    groups = group_photos(rows, [])
    with pytest.raises(SplitError, match="all of class Probable"):
        make_folds(rows, np.ones(4, dtype=np.int64), groups)
    with pytest.raises(SplitError, match="2 folds or more"):
        make_folds(rows, np.array([0, 1, 0, 1]), groups, n_folds=1)
    for share in (0.0, 1.0):
        with pytest.raises(SplitError, match="between 0 and 1"):
            make_holdout(rows, np.array([0, 1, 0, 1]), groups, test_share=share)


def test_a_giant_group_is_named(make_rows):
    sites = [f"s{index // 6}" for index in range(60)]
    rows = make_rows(60, sites=sites, trees=[f"t{index // 2}" for index in range(60)])
    chained = [("p0", "p6"), ("p6", "p12"), ("p12", "p18")]
    classes = np.tile([0, 1], 30)
    split = make_folds(rows, classes, group_photos(rows, chained), n_folds=3)
    giant = split.notes[0]
    assert giant.startswith("Group site:s0+3 holds 24 of 60 photos and stays in one part")
    assert "joins 4 sites and 12 trees" in giant
    uneven = make_holdout(rows, classes, ["one"] * 50 + ["other"] * 10, test_share=0.5)
    assert any("Part test holds" in sentence for sentence in uneven.notes)


def test_the_decks_split_is_by_photo_and_says_what_leaks():
    rows, classes, groups = stand(3, 200)
    split = make_deck_holdout(rows, classes, groups, seed=1)
    spanning = split.leaking_groups()
    assert len(spanning) > 50
    assert f"leaks: {len(spanning)} groups (" in split.notes[1]
    alone = [f"photo:{row.photo_id}" for row in rows]
    assert not make_deck_holdout(rows, classes, alone, seed=1).leaking_groups()


@pytest.mark.parametrize(("n_photos", "n_validation"), [(378, 76), (458, 92)])
def test_the_decks_validation_counts(make_rows, n_photos, n_validation):
    rows = make_rows(n_photos)
    classes = np.arange(n_photos) % 2
    split = make_deck_holdout(rows, classes, group_photos(rows, []))
    assert len(split.rounds()[0].test) == n_validation


def test_the_decks_split_is_refused_when_a_class_is_left_out(make_rows):
    rows = make_rows(30, labels=["Probable"] + ["Improbable"] * 29)
    classes = np.array([1] + [0] * 29)
    for seed in range(8):
        is_tested = 0 in np.random.default_rng(seed).permutation(30)[:6]
        missing = f"no Probable in the {'train' if is_tested else 'test'} part"
        with pytest.raises(SplitError, match=missing):
            make_deck_holdout(rows, classes, group_photos(rows, []), seed=seed)


def test_inner_folds_become_fewer_and_then_none():
    classes = np.repeat([0, 1], [12, 6])
    three_rare = [f"t{number // 2}" for number in range(18)]
    assert len(inner_folds(classes, three_rare, n_folds=5, seed=0)) == 3
    assert inner_folds(classes, ["t0"] * 12 + ["t1"] * 6, n_folds=5, seed=0) == []
    # Class numbers need not be dense inside a training part.
    assert len(inner_folds(np.where(classes, 4, 1), three_rare, n_folds=2, seed=0)) == 2


def test_the_table_counts_photos_and_groups_of_each_part(make_rows):
    rows = make_rows(8, trees=list("aabbccdd"))
    classes = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    split = make_folds(rows, classes, group_photos(rows, []), n_folds=2)
    lines = [line.split() for line in describe(split, classes, ("Im", "Pr")).splitlines()]
    assert lines == [
        ["part", "Im", "Pr", "photos", "groups"],
        ["fold-1", "2", "2", "4", "2"],
        ["fold-2", "2", "2", "4", "2"],
    ]


@pytest.mark.parametrize(
    ("given", "pairs", "cause"),
    [
        ({"sites": ["park"] * 9}, [], "all are of site park.*--by tree"),
        ({"trees": ["1"] * 9}, [], "all are of tree 1"),
        (
            {"sites": list("aaabbbccc"), "trees": list("123145167")},
            [],
            "joins 7 trees and 3 sites.*restart at each site",
        ),
        ({}, [("p0", f"p{index}") for index in range(1, 9)], "look alike.*state a tree"),
    ],
)
def test_a_refusal_says_what_made_one_group_of_most_photos(make_rows, given, pairs, cause):
    rows = make_rows(10, **{kind: [*ids, "alone"] for kind, ids in given.items()})
    groups = group_photos(rows, pairs)
    with pytest.raises(SplitError, match=f"One group holds 9 of 10 photos: .*{cause}"):
        make_folds(rows, np.tile([0, 1], 5), groups, n_folds=3)


def test_trees_apart_are_those_of_two_groups_and_more(make_rows):
    rows = make_rows(6, trees=["a", "a", "b", "b", "c", "c"])
    groups = ["1", "2", "3", "3", "4", "5"]
    split = Split(
        split_rows(rows, groups, ["train", "test", "train", "test", "test", "test"]), "given", 0, ()
    )
    assert split.trees_apart() == ("a",)  # b is one group's fault, c on one side
    assert split.leaking_groups() == ("3",)


def test_one_assignment_tried_is_the_best_of_all():
    parts, is_complete = best_assignment(
        np.array([0, 1, 0, 1]), np.arange(4), np.array([0.5, 0.5]),
        n_classes=2, seed=0, n_searched=1,
    )  # fmt: skip
    assert np.bincount(parts).tolist() == [2, 2]
    assert is_complete
