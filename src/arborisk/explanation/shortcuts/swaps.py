"""Does the model read the border of the frame?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.belief.maps import above
from arborisk.explanation.shortcuts.material import (
    FramePlaces,
    Material,
    Pairs,
    Rows,
    ShortcutExample,
    ShortcutFinding,
    ShortcutReading,
    Standing,
    Swapped,
    pull_of,
    swapped,
)
from arborisk.explanation.shortcuts.measures import share
from arborisk.explanation.shortcuts.photos import (
    Masks,
    Photos,
    border_mask,
    filled,
    held_back_scores,
    only,
    pasted,
)
from arborisk.records import Interval, Progress
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import percent

BORDER_TITLE = "the border of the frame"
MOST_BY_BORDER = 0.5
"""Share of the difference between classes that makes the border a shortcut: it decides more than
the middle, where the tree stands."""
SOME_BY_BORDER = 0.25
BORDER_RULE = (
    f"Found: more than {percent(MOST_BY_BORDER, 'stated')} of the difference between classes goes "
    "with the border (a tenth of the side all round), at the lower end of the interval. "
    "Worth knowing: "
    f"more than {percent(SOME_BY_BORDER, 'stated')}, or the border alone orders the photos better "
    "than chance."
)


def border_test(material: Material) -> ShortcutFinding:
    """Keeps only the border; and swaps the border, or the middle, for that of another photo."""
    photos = material.photos
    border = border_mask(photos.size_px)

    def swap_border(host: Rows, donor: Rows) -> Photos:
        return pasted(photos.arrays[host], photos.arrays[donor], border)

    def swap_middle(host: Rows, donor: Rows) -> Photos:
        return pasted(photos.arrays[host], photos.arrays[donor], ~border)

    alone = material.altered_order(
        only(photos.arrays[material.rows], border), "only the border kept: order right"
    )
    with_border = swapped(material.opened, photos, material.plain, material.pairs, swap_border)
    with_middle = swapped(material.opened, photos, material.plain, material.pairs, swap_middle)
    host, donor = material.pairs.host[:1], material.pairs.donor[:1]
    reads = above(alone.interval, 0.5)
    standing = "not found"
    if reads or above(with_border.travel, SOME_BY_BORDER):
        standing = "noticed"
    if above(with_border.travel, MOST_BY_BORDER):
        standing = "found"
    return ShortcutFinding(
        "border",
        BORDER_TITLE,
        standing,  # type: ignore[arg-type]
        f"With another photo's border, {share_text(with_border.changed)} of the answers change, "
        f"and {share_text(with_border.travel)} of the difference between classes goes with the "
        f"border; with another photo's middle, {share_text(with_middle.changed)} change. From the "
        f"border alone the model puts {share_text(alone.interval)} of pairs of photos in the right "
        "order, where chance gives 50 %.",
        BORDER_RULE,
        (
            alone,
            ShortcutReading("border swapped: difference that goes with it", with_border.travel),
            ShortcutReading("middle swapped: difference that goes with it", with_middle.travel),
            ShortcutReading("border swapped: answers that change", with_border.changed),
            ShortcutReading("middle swapped: answers that change", with_middle.changed),
        ),
        (
            ShortcutExample("only the border kept", only(photos.arrays[host], border)[0]),
            ShortcutExample("border of another photo", swap_border(host, donor)[0]),
        ),
    )


BACKGROUND_TITLE = "the background"
MOST_BY_BACKGROUND = 0.5
SOME_BY_BACKGROUND = 0.25
BACKGROUND_RULE = (
    f"Found: more than {percent(MOST_BY_BACKGROUND, 'stated')} of the difference between classes "
    "goes with the background, at the lower end of the interval. Worth knowing: more than "
    f"{percent(SOME_BY_BACKGROUND, 'stated')}, or photos without their tree are still put in order "
    "better than chance."
)
NO_MASKS = "No outline of the trees was given, so that they cannot be taken out."


def background_test(material: Material) -> ShortcutFinding:
    """Takes the tree out; and swaps background, or tree, for that of another photo.

    The tree is filled in with a blur of its surroundings: the outline itself may leave a trace.
    """
    photos, masks = material.photos, material.photos.tree_mask
    if masks is None:
        return ShortcutFinding(
            "background", BACKGROUND_TITLE, "not tested", NO_MASKS, BACKGROUND_RULE
        )
    bare = filled(photos.arrays, masks)

    def swap_background(host: Rows, donor: Rows) -> Photos:
        return pasted(bare[donor], photos.arrays[host], masks[host])

    def swap_tree(host: Rows, donor: Rows) -> Photos:
        return pasted(bare[host], photos.arrays[donor], masks[donor])

    alone = material.altered_order(bare[material.rows], "tree taken out: order right")
    behind = swapped(material.opened, photos, material.plain, material.pairs, swap_background)
    tree = swapped(material.opened, photos, material.plain, material.pairs, swap_tree)
    standing: Standing = "not found"
    if above(alone.interval, 0.5) or above(behind.travel, SOME_BY_BACKGROUND):
        standing = "noticed"
    if above(behind.travel, MOST_BY_BACKGROUND):
        standing = "found"
    host, donor = material.pairs.host[:1], material.pairs.donor[:1]
    covered = float(np.mean(masks))
    return ShortcutFinding(
        "background",
        BACKGROUND_TITLE,
        standing,
        f"With the tree taken out ({percent(covered)} of the picture on average) the model puts "
        f"{share_text(alone.interval)} of pairs in the right order, against "
        f"{share_text(material.order)} with it; chance gives 50 %. Of the difference between "
        f"classes {share_text(behind.travel)} goes with the background and "
        f"{share_text(tree.travel)} with the tree; another background changes "
        f"{share_text(behind.changed)} of the answers, another tree {share_text(tree.changed)}.",
        BACKGROUND_RULE,
        (
            alone,
            ShortcutReading("background swapped: difference that goes with it", behind.travel),
            ShortcutReading("tree swapped: difference that goes with it", tree.travel),
            ShortcutReading("background swapped: answers that change", behind.changed),
            ShortcutReading("tree swapped: answers that change", tree.changed),
        ),
        (
            ShortcutExample("tree taken out", bare[host][0]),
            ShortcutExample("before another background", swap_background(host, donor)[0]),
            ShortcutExample("another tree", swap_tree(host, donor)[0]),
        ),
    )


PLACE_TITLE = "a fixed place in the frame (a stamp, a corner)"
N_CELLS = 6
"""Places along each side of the frame."""
BLOCK = 2
"""Side in cells of the block that is looked at again, so that a stamp on a line is held whole."""
SCAN_PAIRS = 12
"""Pairs that choose the block, at most a third; the others, which did not, judge it."""
N_OTHERS = 3
ENOUGH = 0.3
TIMES = 2.0
PLACE_RULE = (
    f"Found: more than {percent(ENOUGH, 'stated')} of the difference between classes goes with one "
    f"ninth of the frame, at the lower end of the interval, and at least {TIMES:g} times as "
    "much as with any other such place. Worth knowing: the first of these alone."
)


def place_test(material: Material, progress: Progress | None = None) -> ShortcutFinding:
    """Swaps every place of the frame, then looks again at the one that decides most."""
    photos, pairs = material.photos, material.pairs
    n_scan = max(1, min(SCAN_PAIRS, len(pairs) // 6))
    scan, judge = pairs.part(0, n_scan), pairs.part(n_scan, len(pairs))
    map_ = _scan(material, scan, progress)
    order = _blocks_by_share(map_)
    best = order[0]
    others = [one for one in order if not _overlap(one, best)][:N_OTHERS]
    found = _swap_at(material, judge, best)
    elsewhere = [_swap_at(material, judge, one) for one in others]
    strongest = max((item.travel.value for item in elsewhere), default=0.0)
    standing: Standing = "not found"
    if above(found.travel, ENOUGH):
        standing = "found" if found.travel.value >= TIMES * max(strongest, 0.0) else "noticed"
    gone = _without(material, judge, best)
    where = place_words(best)
    mask = block_mask(best, photos.size_px)
    host, donor = judge.host[:1], judge.donor[:1]
    return ShortcutFinding(
        "place",
        PLACE_TITLE,
        standing,
        f"The place that decides most lies {where}: with it goes {share_text(found.travel)} of the "
        f"difference between classes, with the next place {percent(strongest)}. Pasting it from "
        f"a photo of another class turns {percent(found.won)} of the answers into that class; "
        f"blurring it changes {share_text(gone)} of the answers.",
        PLACE_RULE,
        (
            ShortcutReading(
                f"{where}: difference that goes with it", found.travel, strongest, "next place"
            ),
            ShortcutReading(f"{where}: answers that change when pasted", found.changed),
            ShortcutReading(f"{where}: answers that change when blurred", gone),
        ),
        (
            ShortcutExample(
                f"{where}, from another photo",
                pasted(photos.arrays[host], photos.arrays[donor], mask)[0],
            ),
        ),
        FramePlaces(map_, (best[0], best[1], BLOCK)),
    )


def _scan(material: Material, pairs: Pairs, progress: Progress | None) -> NDArray[np.float64]:
    """Share of the difference that goes with each cell, shape (N_CELLS, N_CELLS)."""
    photos = material.photos
    hosts, donors = photos.arrays[pairs.host], photos.arrays[pairs.donor]
    found = np.zeros((N_CELLS, N_CELLS))
    for number in range(N_CELLS**2):
        row, column = divmod(number, N_CELLS)
        mask = _cells_mask(row, column, 1, photos.size_px)
        said = held_back_scores(
            material.opened, pasted(hosts, donors, mask), photos.member[pairs.host]
        )
        pull, gap = pull_of(photos, material.plain, said, pairs)
        found[row, column] = pull.sum() / gap.sum() if gap.sum() > 0 else 0.0
        if progress is not None:
            progress(number + 1, N_CELLS**2)
    return found


def _swap_at(material: Material, pairs: Pairs, block: tuple[int, int]) -> Swapped:
    photos = material.photos
    mask = block_mask(block, photos.size_px)

    def swap(host: Rows, donor: Rows) -> Photos:
        return pasted(photos.arrays[host], photos.arrays[donor], mask)

    return swapped(material.opened, photos, material.plain, pairs, swap)


def _without(material: Material, pairs: Pairs, block: tuple[int, int]) -> Interval:
    """Share of answers that change when a block is filled with a blur of what surrounds it."""
    photos = material.photos
    rows = np.unique(pairs.host)
    mask = np.broadcast_to(block_mask(block, photos.size_px), photos.arrays[rows].shape[:3])
    said = held_back_scores(material.opened, filled(photos.arrays[rows], mask), photos.member[rows])
    changed = said.argmax(axis=1) != material.plain[rows].argmax(axis=1)
    return share(changed, photos.group_names(rows))


def _blocks_by_share(map_: NDArray[np.float64]) -> list[tuple[int, int]]:
    """All blocks, the one that decides most first."""
    starts = range(N_CELLS - BLOCK + 1)
    total = {
        (row, column): float(map_[row : row + BLOCK, column : column + BLOCK].sum())
        for row in starts
        for column in starts
    }
    return sorted(total, key=lambda block: -total[block])


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(one[0] - other[0]) < BLOCK and abs(one[1] - other[1]) < BLOCK


def block_mask(block: tuple[int, int], size_px: int) -> Masks:
    """Where a block lies, shape (size, size)."""
    return _cells_mask(block[0], block[1], BLOCK, size_px)


def _cells_mask(row: int, column: int, n_cells: int, size_px: int) -> Masks:
    edges = np.linspace(0, size_px, N_CELLS + 1).round().astype(int)
    mask = np.zeros((size_px, size_px), dtype=bool)
    mask[edges[row] : edges[row + n_cells], edges[column] : edges[column + n_cells]] = True
    return mask


def place_words(block: tuple[int, int]) -> str:
    """Where a block lies, in words.

    >>> place_words((0, 4))
    'at the top right'
    """
    last = N_CELLS - BLOCK
    vertical = "top" if block[0] < last / 3 else "bottom" if block[0] > 2 * last / 3 else ""
    side = "left" if block[1] < last / 3 else "right" if block[1] > 2 * last / 3 else ""
    if not vertical and not side:
        return "in the middle"
    return f"at the {' '.join(word for word in (vertical, side) if word)}"
