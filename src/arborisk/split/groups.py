"""Which photos must stay on one side of a split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.components import connected
from arborisk.dataset.copy_links import CopyLinks
from arborisk.errors import Remedy, SplitError, option
from arborisk.records import PhotoRow
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.leaks import left_apart_line

KINDS = ("site", "tree")
"""What can be kept whole besides copies of one photo, largest first."""


def group_photos(
    rows: Sequence[PhotoRow],
    near_duplicates: Iterable[tuple[str, str]],
    *,
    by: Sequence[str] = ("tree", "site"),
) -> tuple[str, ...]:
    """Name of the group of each photo: what is linked in any way belongs together.

    Two photos are linked when they show the same tree, or the same site (both where stated and
    asked for by ``by``), or are near-duplicates, or have identical bytes; and links chain.

    Args:
        rows: Photos.
        near_duplicates: Pairs of photo ids. A photo outside ``rows``, such as an unlabelled one,
            still joins those that are copies of it.
        by: ``tree``, ``site`` or both. Copies of one photo are always kept together.

    Returns:
        One name per row, after the largest thing kept whole: ``site:<id>``, else ``tree:<id>``,
        else ``photo:<id>``. Where a group joins several sites (or trees), it carries the
        alphabetically first, and ``+n`` counts the others.

    Raises:
        SplitError: ``by`` names something else.
    """
    unknown = sorted(set(by) - set(KINDS))
    if unknown:
        raise SplitError(
            "tree, site or both to keep whole",
            f"{unknown}",
            "--by",
            Remedy("Write {}.", option("--by tree,site", "split")),
        )
    keys = [_keys_of(row, by) for row in rows]
    links: list[tuple[int, int]] = []
    first_with: dict[str, int] = {}
    for index, row in enumerate(rows):
        own = [*keys[index], f"photo:{row.photo_id}"]
        if row.sha256:
            own.append(f"sha256:{row.sha256}")
        links += [(first_with.setdefault(key, index), index) for key in own]
    for first, second in near_duplicates:
        one, other = (
            first_with.setdefault(f"photo:{photo}", len(rows) + len(first_with))
            for photo in (first, second)
        )
        links.append((one, other))
    names = [""] * len(rows)
    for whole in connected(links):
        group = [index for index in whole if index < len(rows)]
        if not group:
            continue
        name = _name_of([rows[index] for index in group], [keys[index] for index in group])
        for index in group:
            names[index] = name
    return tuple(names)


def link_notes(links: CopyLinks, *, trusted: bool) -> list[str]:
    """Sentences on similar pictures that different stated trees or a chain of links keep apart.

    Args:
        links: Links of the data set.
        trusted: Whether tree ids were trusted more than pictures.
    """
    notes = []
    if links.trusted:
        pairs = counted(len(links.trusted), "pair")
        what = f"{pairs} of pictures {agreeing(len(links.trusted), 'is', 'are')} one exposure under"
        notes.append(
            f"{what} different stated trees: parted, because tree ids are trusted."
            if trusted
            else f"{what} different stated trees: kept on one side. Check these trees."
        )
    if links.outvoted:
        notes.append(
            f"{counted(len(links.outvoted), 'pair')} of similar pictures of different stated trees "
            "may lie on two sides: the trees are taken at their word."
        )
    if links.apart:
        notes.append(left_apart_line(len(links.apart)))
    return notes


def number_names(groups: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Group number per photo, shape (n_photos,), and the names by number."""
    number: dict[str, int] = {}
    index = [number.setdefault(name, len(number)) for name in groups]
    return np.array(index, dtype=np.int64), list(number)


def _keys_of(row: PhotoRow, by: Sequence[str]) -> list[str]:
    """What a photo belongs to, as ``kind:id``."""
    ids = {"site": row.site_id, "tree": row.tree_id}
    return [f"{kind}:{ids[kind]}" for kind in KINDS if kind in by and ids[kind]]


def _name_of(rows: Sequence[PhotoRow], keys: Sequence[list[str]]) -> str:
    """Name of a group, after the largest thing in it."""
    for kind in KINDS:
        found = sorted({key for own in keys for key in own if key.startswith(f"{kind}:")})
        if found:
            return found[0] + (f"+{len(found) - 1}" if len(found) > 1 else "")
    return "photo:" + min(row.photo_id for row in rows)
