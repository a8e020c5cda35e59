"""Groups: what is linked in any way stays together, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from arborisk.errors import SplitError
from arborisk.records import PhotoFacts, PhotoRow
from arborisk.split.groups import group_photos
from arborisk.split.make import make_folds


def test_trees_sites_copies_and_near_duplicates_chain(make_rows):
    rows = make_rows(
        9,
        trees=["t1", "t1", "t2", "", "", "", "t3", "", ""],
        sites=["", "s1", "s1", "", "", "", "", "s2", ""],
        hashes=["a", "b", "c", "d", "d", "e", "f", "g", "h"],
    )
    groups = group_photos(rows, [("p4", "p5"), ("p8", "elsewhere")])
    assert groups == (
        *["site:s1"] * 3,  # p0 and p1 by tree, p1 and p2 by site
        *["photo:p3"] * 3,  # p3 and p4 by bytes, p4 and p5 alike
        "tree:t3",
        "site:s2",
        "photo:p8",
    )


def test_a_photo_outside_joins_the_copies_of_it(make_rows):
    links = [("unlabelled", "p0"), ("unlabelled", "p2"), ("other", "another")]
    assert group_photos(make_rows(3), links) == ("photo:p0", "photo:p1", "photo:p0")


def test_only_what_is_asked_for_is_kept_whole(make_rows):
    rows = make_rows(4, trees=["t1", "t1", "t2", "t2"], sites=["s1"] * 4)
    assert group_photos(rows, [], by=("tree",)) == ("tree:t1", "tree:t1", "tree:t2", "tree:t2")
    assert len(set(group_photos(rows, [], by=()))) == 4
    with pytest.raises(SplitError, match="--by tree,site"):
        group_photos(rows, [], by=("street",))


def test_sites_that_the_groups_do_not_keep_whole_are_told(make_rows):
    rows = make_rows(
        24,
        trees=[f"t{index // 2}" for index in range(24)],
        sites=[f"s{index // 12}" if index < 20 else "" for index in range(24)],
    )
    classes = np.arange(24) // 2 % 2
    by_tree = make_folds(rows, classes, group_photos(rows, [], by=("tree",)), n_folds=2)
    assert (by_tree.leaking_groups(), by_tree.trees_apart()) == ((), ())
    assert by_tree.sites_apart() == ("s0", "s1")
    assert "does not keep sites whole: 2 of 2 have" in by_tree.notes[0]
    by_site = make_folds(rows, classes, group_photos(rows, []), n_folds=2)
    assert by_site.sites_apart() == ()
    assert not any("whole: " in note for note in by_site.notes)


def test_a_group_of_several_sites_says_how_many(make_rows):
    rows = make_rows(3, sites=["b", "a", "c"])
    assert set(group_photos(rows, [("p0", "p1"), ("p1", "p2")])) == {"site:a+2"}


IDS = st.sampled_from(["", "1", "2", "3", "4"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(IDS, IDS, IDS), min_size=1, max_size=14), st.data())
def test_groups_are_the_connected_components(photos, data):
    index = st.integers(0, len(photos) - 1)
    pairs = data.draw(st.lists(st.tuples(index, index), max_size=4))
    rows = [
        PhotoRow(str(number), f"{number}.jpg", digest, "", PhotoFacts(1, 1), tree, site)
        for number, (tree, site, digest) in enumerate(photos)
    ]
    links = [
        (one, two)
        for one, first in enumerate(photos)
        for two, second in enumerate(photos)
        if any(a and a == b for a, b in zip(first, second, strict=True))
    ] + pairs
    graph = coo_array(
        ([1] * len(links), tuple(zip(*links, strict=True)) if links else ([], [])),
        shape=(len(photos),) * 2,
    )
    _, component = connected_components(graph, directed=False)
    groups = group_photos(rows, [(str(one), str(two)) for one, two in pairs])
    for one in range(len(photos)):
        for two in range(len(photos)):
            assert (groups[one] == groups[two]) == (component[one] == component[two])
