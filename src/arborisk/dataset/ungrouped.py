"""Sentences on photos whose tree or site nobody states: what is therefore not looked at."""

from __future__ import annotations

from arborisk.wording.counts import agreeing


def ungrouped_lines(n_photos: int, n_without_tree: int, n_without_site: int) -> list[str]:
    """Sentences on what is not looked at; none where each photo has its tree and site.

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
