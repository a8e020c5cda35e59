"""Whether groups allow a split at all, and what to tell people about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, SplitError, option
from arborisk.records import PhotoRow
from arborisk.wording.counts import counted
from arborisk.wording.leaks import alone_line

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
