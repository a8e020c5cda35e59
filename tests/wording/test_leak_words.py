"""No leak found stands alone only where a leak would have been seen."""

from dataclasses import replace

import pytest

from arborisk.wording.leaks import LookedAt, no_leak_lines, ungrouped_lines

WHOLE = LookedAt(n_photos=8, n_without_tree=0, n_without_site=3, n_ungrouped=0)


def test_no_leak_stands_alone_where_every_photo_has_a_group_and_copies_were_looked_for():
    assert no_leak_lines(WHOLE) == [
        "No leak found: training and test share no photo, near-duplicate, tree or site."
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_without_tree": 5, "n_ungrouped": 2}, "5 of 8 photos have no tree"),
        ({"copies_not_looked_for": "Crops were not looked for."}, "Crops were not looked for."),
        ({"n_left_apart": 1}, "1 pair of similar pictures is joined by no group"),
    ],
)
def test_else_it_says_what_was_not_looked_at(change, words):
    first, *rest = no_leak_lines(replace(WHOLE, **change))
    assert first.startswith("No leak found in what ")
    assert any(line.startswith(words) for line in rest)


def test_a_column_that_is_filled_for_some_photos_only_is_a_finding():
    (partly,) = ungrouped_lines(8, 5, 0)
    assert "The trees are stated for some photos only" in partly
    (none,) = ungrouped_lines(8, 8, 0)
    assert "some photos only" not in none
