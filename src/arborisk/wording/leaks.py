"""What is said of a split that leaks, and of one in which no leak was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from arborisk.wording.counts import agreeing, counted, listed

SCORES_FLATTER: Final = "The split leaks: scores flatter"
"""The same as `leak_sentence`, for a heading."""
ERRORS_LOOK_SMALL: Final = "the split leaks, so that errors look smaller than they are"
"""Why nothing is promised of a model; follows a colon."""


def leak_sentence(n_groups: int, n_photos: int) -> str:
    """How far a split leaks, and what that does to its scores.

    Args:
        n_groups: Groups with photos on both sides.
        n_photos: Photos of these groups.
    """
    return (
        f"The split leaks: {counted(n_groups, 'group')} ({counted(n_photos, 'photo')}) "
        f"{agreeing(n_groups, 'has')} photos on both sides, so its scores flatter and say little "
        "about trees that the model has not seen."
    )


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What of a split could show a leak.

    Attributes:
        n_photos: Photos looked at.
        n_without_tree: Of these, those of which no tree is stated.
        n_without_site: Of these, those of which no site is stated.
        n_ungrouped: Of these, those with neither.
        unmatched: Whether the split names more, which could not be looked at.
        copies_not_looked_for: A sentence on copies that were not; "" if none.
        n_left_apart: Pairs of similar pictures on two sides that no group joins.
    """

    n_photos: int
    n_without_tree: int
    n_without_site: int
    n_ungrouped: int
    unmatched: bool = False
    copies_not_looked_for: str = ""
    n_left_apart: int = 0


def no_leak_lines(looked: LookedAt) -> list[str]:
    """That no leak was found, and all that was not looked at.

    The first line stands alone only where every photo has a tree or a site and all copies were
    looked for.

    >>> no_leak_lines(LookedAt(8, 0, 8, 0))
    ['No leak found: training and test share no photo, near-duplicate or tree.']
    """
    among = f" among the {counted(looked.n_photos, 'photo')} that matched"
    among = among if looked.unmatched else ""
    if looked.n_ungrouped:
        among += " in what is stated"
    elif looked.n_left_apart or looked.copies_not_looked_for:
        among += " in what was looked at"
    stated = {"tree": looked.n_without_tree, "site": looked.n_without_site}
    named = [thing for thing, n_without in stated.items() if n_without < looked.n_photos]
    what = listed(["photo", "near-duplicate", *named], last="or")
    return [f"No leak found{among}: training and test share no {what}.", *unseen_lines(looked)]


def unseen_lines(looked: LookedAt) -> list[str]:
    """Sentences on what was not looked at; none where everything was."""
    lines = []
    if looked.n_ungrouped:
        lines = ungrouped_lines(looked.n_photos, looked.n_without_tree, looked.n_without_site)
    if looked.copies_not_looked_for:
        lines.append(looked.copies_not_looked_for)
    if looked.n_left_apart:
        lines.append(left_apart_line(looked.n_left_apart))
    return lines


def left_apart_line(n_pairs: int) -> str:
    """That similar pictures are joined by no group; "" for none."""
    if not n_pairs:
        return ""
    return (
        f"{counted(n_pairs, 'pair')} of similar pictures {agreeing(n_pairs, 'is')} joined by no "
        "group and may lie on two sides: only photos that match one photo directly are joined."
    )


def ungrouped_lines(n_photos: int, n_without_tree: int, n_without_site: int) -> list[str]:
    """Sentences on what is not looked at; none where each photo has its tree and site.

    A column that is filled for some photos only is named as such: it looks like one that keeps
    trees whole, and does not.

    Args:
        n_photos: Photos looked at.
        n_without_tree: Of these, those of which no tree is stated.
        n_without_site: Of these, those of which no site is stated.

    >>> ungrouped_lines(72, 48, 0)[0][:58]
    '48 of 72 photos have no tree: whether photos of one tree l'
    """
    return [
        f"{n} of {n_photos:,} {agreeing(n_photos, 'photo')} {agreeing(n, 'has')} no {thing}: "
        f"whether photos of one {thing} lie in training and in test goes unseen for "
        f"{'it' if n == 1 else 'them'}."
        + (f" The {thing}s are stated for some photos only: fill them in." if n < n_photos else "")
        for n, thing in ((n_without_tree, "tree"), (n_without_site, "site"))
        if n
    ]


def alone_line(n_photos: int, n_alone: int) -> str:
    """Sentence on photos that a split cannot keep with others of their tree; "" where none are.

    Args:
        n_photos: Photos of the split.
        n_alone: Of these, those with neither tree nor site.

    >>> alone_line(72, 0)
    ''
    """
    if not n_alone:
        return ""
    return (
        f"{n_alone} of {n_photos:,} {agreeing(n_photos, 'photo')} {agreeing(n_alone, 'has')} "
        "neither tree nor site, and of these only copies of one photo are kept together: photos "
        "of one tree may train and test, and the scores be too high."
    )
