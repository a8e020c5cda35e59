"""Which similar pictures are kept together: stars, no chains; trees outvote two exposures."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.dataset.copy_links import link_copies, star_groups
from arborisk.dataset.table import DuplicatePair
from arborisk.records import PhotoFacts, PhotoRow


def rows_of(*names, trees=(), times=()):
    rows = []
    for number, name in enumerate(names):
        taken_at = datetime(2021, 5, 1, 12, 0, times[number]) if times else None
        tree = trees[number] if trees else ""
        facts = PhotoFacts(9, 9, taken_at=taken_at)
        rows.append(PhotoRow(name, f"{name}.jpg", f"{number:064x}", "", facts, tree_id=tree))
    return rows


def link(first, second, strength=0.5, **given):
    given = {"mirrored": False, "same_frame": True, "correlation": 0.95} | given
    return DuplicatePair(first, second, strength=strength, **given)


def test_a_chain_is_cut_where_its_ends_match_nothing_in_common():
    chain = [link("a", "b"), link("b", "c"), link("c", "d", 0.9)]
    found = link_copies(rows_of(*"abcd"), chain)
    assert star_groups(found.kept) == [["c", "b", "d"]]
    assert [(one.first, one.second) for one in found.apart] == [("a", "b")]


def test_copies_of_one_photo_are_one_group_whatever_links_they_have_among_each_other():
    pairs = [link("o", name) for name in "abcd"] + [link("a", "b"), link("c", "d")]
    found = link_copies(rows_of(*"oabcd"), pairs)
    assert [set(group) for group in star_groups(found.kept)] == [set("oabcd")]
    assert found.apart == ()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_every_photo_of_a_group_matches_its_middle_directly(drawn):
    names = "abcdefghij"
    edges = {tuple(sorted(pair)) for pair in drawn if pair[0] != pair[1]}
    pairs = [link(names[first], names[second]) for first, second in sorted(edges)]
    found = link_copies(rows_of(*names), pairs)
    assert len(found.kept) + len(found.apart) <= len(pairs)
    groups = star_groups(found.kept)
    grouped = [photo for group in groups for photo in group]
    assert len(grouped) == len(set(grouped))
    direct = {frozenset((one.first, one.second)) for one in pairs}
    for hub, *members in groups:
        assert all(frozenset((hub, member)) in direct for member in members)


@pytest.mark.parametrize(
    ("given", "times", "sort"),
    [
        ({"correlation": 0.7}, (), "outvoted"),  # two pictures of two trees side by side
        ({"correlation": 0.95}, (), "trusted"),  # hardly two exposures
        ({"correlation": 0.95}, (1, 9), "outvoted"),  # two exposures, by their times
        ({"correlation": 0.7}, (5, 5), "trusted"),  # one, by its time
        ({"correlation": 0.7, "mirrored": True}, (), "trusted"),  # no camera mirrors
    ],
)
def test_different_stated_trees_outvote_all_but_one_exposure(given, times, sort):
    rows = rows_of("a", "b", trees=("oak", "elm"), times=times)
    pair = link("a", "b", **given)
    found = link_copies(rows, [pair])
    assert getattr(found, sort) == (pair,)
    assert found.kept == ((pair,) if sort == "trusted" else ())
    assert link_copies(rows, [pair], trust_tree_ids=True).kept == ()
    same = [replace(row, tree_id="oak") for row in rows]
    assert link_copies(same, [pair], trust_tree_ids=True).kept == (pair,)


@pytest.mark.parametrize(
    ("surest", "trusted", "kept"),
    [
        ({"correlation": 0.7}, False, [("oak", "u")]),  # its stronger link
        ({"correlation": 0.97}, False, [("elm", "u")]),  # one exposure before a likeness
        ({"correlation": 0.97}, True, [("elm", "u")]),
    ],
)
def test_a_photo_without_a_tree_joins_no_two_stated_trees(surest, trusted, kept):
    rows = rows_of("oak", "elm", "u", trees=("oak", "elm", ""))
    pairs = [link("oak", "u", 0.9, correlation=0.6), link("elm", "u", 0.4, **surest)]
    found = link_copies(rows, pairs, trust_tree_ids=trusted)
    assert list(found.pairs) == kept
    assert [(one.first, one.second) for one in found.apart] == [
        pair for pair in (("oak", "u"), ("elm", "u")) if pair not in kept
    ]


def test_one_exposure_under_two_trees_is_joined_by_its_copy_unless_trees_are_trusted():
    rows = rows_of("oak", "elm", "u", trees=("oak", "elm", ""))
    pairs = [link("oak", "u", 0.9), link("elm", "u", 0.4)]
    assert len(link_copies(rows, pairs).kept) == 2
    assert link_copies(rows, pairs, trust_tree_ids=True).pairs == (("oak", "u"),)
