"""Which photos must stay on one side of a split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.copy_links import CopyLinks, connected
from arborisk.errors import Remedy, SplitError, option
from arborisk.records import PhotoRow
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.leaks import alone_line, left_apart_line

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


SWALLOWING_SHARE = 0.5
"""Above this share of all photos in one group, a refusal says what joins them."""
LARGE_GROUP_SHARE = 0.1
"""From this share of all photos a single group is named in the notes: it sits in one part alone."""


def check_share(test_share: float) -> None:
    """Refuses a share that leaves a part empty.

    Raises:
        SplitError: Not between 0 and 1.
    """
    if not 0 < test_share < 1:
        raise SplitError(
            "a share of photos between 0 and 1",
            f"{test_share}",
            "--test-share",
            "Give a share such as 0.2.",
        )


def groups_with_class(
    class_index: NDArray[np.int64], group: NDArray[np.int64], n_classes: int
) -> list[int]:
    """Number of groups that hold photos of each class."""
    return [len(np.unique(group[class_index == index])) for index in range(n_classes)]


def class_title(rows: Sequence[PhotoRow], class_index: NDArray[np.int64], index: int) -> str:
    """A class in the words of its labels, for example ``Possible/Probable``."""
    labels = {row.label for row, own in zip(rows, class_index, strict=True) if own == index}
    return "/".join(sorted(labels - {""})) or f"number {index}"


def check_enough_groups(
    rows: Sequence[PhotoRow],
    class_index: NDArray[np.int64],
    group: NDArray[np.int64],
    n_parts: int,
) -> None:
    """Refuses what cannot be: a class in fewer groups than there are parts.

    Args:
        rows: Photos.
        class_index: Class per photo, shape (n_photos,).
        group: Group number per photo, shape (n_photos,).
        n_parts: Parts that must all hold the class.

    Raises:
        SplitError: Names the class, its groups, how many are needed, and what to do.
    """
    classes = np.unique(class_index)
    if len(classes) < 2:
        title = class_title(rows, class_index, int(classes[0])) if len(classes) else "none"
        raise SplitError(
            "photos of at least two classes",
            f"{counted(len(rows), 'photo')}, all of class {title}",
            "the labelled photos",
            Remedy("Check the labels, or choose another {}.", option("--scheme", "split")),
        )
    carrying = groups_with_class(class_index, group, int(classes[-1]) + 1)
    rare = min(classes, key=lambda index: carrying[index])
    if carrying[rare] >= n_parts:
        return
    title = class_title(rows, class_index, int(rare))
    n_photos = int((class_index == rare).sum())
    if carrying[rare] < 2:
        remedy = Remedy(
            "Add photos of other trees and sites that are {}, or choose a {} that joins this "
            "class to another; no split can test on a class and train on it too.",
            title,
            option("--scheme", "split"),
        )
    else:
        remedy = Remedy(
            "Ask for at most {} folds, choose a {} that joins this class to another, or add "
            "photos of other trees and sites of this class.",
            carrying[rare],
            option("--scheme", "split"),
        )
    raise SplitError(
        f"class {title} in at least {counted(n_parts, 'group')}, one for each part",
        f"its {counted(n_photos, 'photo')} in {carrying[rare]} "
        f"{'group' if carrying[rare] == 1 else 'groups'} (a group is what must stay together: "
        "a tree, a site, or copies of one photo)",
        f"{counted(len(rows), 'labelled photo')} in {counted(len(np.unique(group)), 'group')}",
        _swallowing(rows, group) or remedy,
    )


def _swallowing(rows: Sequence[PhotoRow], group: NDArray[np.int64]) -> Remedy | None:
    """What made one group of most photos, and what to do; None where none is so large."""
    counts = np.bincount(group)
    if counts.max() <= SWALLOWING_SHARE * len(rows):
        return None
    own = [row for row, number in zip(rows, group, strict=True) if number == counts.argmax()]
    sites, trees = {row.site_id for row in own}, {row.tree_id for row in own}
    held = f"One group holds {len(own)} of {counted(len(rows), 'photo')}"
    if len(sites) == 1 and "" not in sites:
        return Remedy(
            "{}: all are of site {}. Fill in their own sites, or keep trees whole only, with {}.",
            *(held, sites.pop(), option("--by tree", "split")),
        )
    if len(trees) == 1 and "" not in trees:
        return Remedy("{}: all are of tree {}. Give each tree a number of its own.", held, *trees)
    if len(trees - {""}) + len(sites - {""}) > 1:
        return Remedy(
            "{}: it joins {} and {}, chained by shared ids or by similar pictures. If tree numbers "
            "restart at each site, make them unique; similar pictures stand in "
            "near_duplicates.csv, and {} parts them by their trees.",
            *(held, counted(len(trees - {""}), "tree"), counted(len(sites - {""}), "site")),
            option("--trust-tree-ids", "split"),
        )
    return Remedy(
        "{}: they look alike. See near_duplicates.csv of the data set; if they are different "
        "trees, state a tree for each photo and import again.",
        held,
    )


def not_found(rows: Sequence[PhotoRow], group: NDArray[np.int64], n_parts: int) -> SplitError:
    """The error for classes that have groups enough, but tied together so that no part works."""
    return SplitError(
        f"{n_parts} parts that each hold every class",
        "none in the search: the classes have groups enough, but too few of them are separate",
        f"{counted(len(np.unique(group)), 'group')}",
        _swallowing(rows, group)
        or Remedy(
            "Ask for fewer folds, choose another {}, try another {}, or add photos of other trees"
            " and sites of the rare classes.",
            option("--scheme", "split"),
            option("--seed", "split"),
        ),
    )


def group_notes(rows: Sequence[PhotoRow], group: NDArray[np.int64], names: list[str]) -> list[str]:
    """Sentences on photos without a group, and on groups so large that they limit a split."""
    counts = np.bincount(group)
    n_alone = sum(not row.tree_id and not row.site_id for row in rows)
    found = [line for line in [alone_line(len(rows), n_alone)] if line]
    for index in np.argsort(-counts, kind="stable"):
        if counts[index] < LARGE_GROUP_SHARE * len(rows) or len(names) == len(rows):
            break
        own = [row for row, number in zip(rows, group, strict=True) if number == index]
        sites, trees = {row.site_id for row in own} - {""}, {row.tree_id for row in own} - {""}
        sentence = (
            f"Group {names[index]} holds {counts[index]} of {counted(len(rows), 'photo')} and "
            "stays in one part, so parts may be of unequal size."
        )
        if len(sites) > 1:
            sentence += (
                f" It joins {counted(len(sites), 'site')} and {counted(len(trees), 'tree')}, "
                "chained by shared trees or near-duplicate photos; if tree numbers restart at "
                "each site, make them unique."
            )
        found.append(sentence)
    return found
