"""Gaps in the picture between the tree and wires or built things. Never a distance in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.table import Floats, Masks, Measure, measured, not_measurable
from arborisk.wording.sentences import NEAR_WIRES, WIRES_NOT_RULED_OUT

LEAST_LENGTH_SHARE = 0.09
"""Least length of a piece of wire, as a share of the photo's long side."""

LEAST_TOTAL_SHARE = 0.12
"""Least length of all pieces together."""

DARKER = 5.0
"""How much darker than the sky beside it a wire is, in steps of lightness of 255."""

FILLED_SHARE = 0.72
"""Share of a piece's length on which the line must be seen."""

CLEAN_SHARE = 0.8
"""Share of a piece's length on which the sky beside it must be free of other lines."""

MOST_LINES = 16
TILTS = np.radians(np.arange(-84.0, 84.1, 1.5))
"""Tilts of lines that are looked for; steeper ones are rather edges of poles and masts."""

STEEP, STEEP_FACTOR = np.radians(60.0), 2.0
"""Steep lines must be longer by this factor: single twigs that stand out of a top are steep."""

MOST_AROUND = 50
"""Most pixels of thin lines in 13 x 13 around a wire's; a single wire has up to 26, twigs more."""


def find_wires(grey: Floats, sky: Masks) -> Floats:
    """Pieces of wires.

    Args:
        grey: Lightness, (height, width), 0 to 255.
        sky: Where the sky is likeliest; holes and thin lines in it are filled here.

    Returns:
        (n, 4): across and down of both ends.
    """
    thin, open_sky = _thin_dark(grey, sky)
    long_side = max(grey.shape)
    points = np.argwhere(thin)
    least = LEAST_LENGTH_SHARE * long_side
    if len(points) < least * FILLED_SHARE:
        return np.zeros((0, 4))
    cells, votes = _ballot(points)
    alive = np.ones(len(points), dtype=np.bool_)
    pieces: list[tuple[float, float, float, float]] = []
    for _ in range(MOST_LINES):
        best = int(np.argmax(votes))
        if votes.flat[best] < 0.6 * least * FILLED_SHARE:
            break
        number, cell = divmod(best, votes.shape[1])
        near = alive & (np.abs(cells[:, number] - cell) <= 1)
        pieces += _pieces_on(points[near], float(TILTS[number]), thin, open_sky, least)
        alive &= ~near
        votes -= _counted(cells[near], votes.shape[1])
    found = np.array(pieces).reshape(-1, 4)
    total = float(np.hypot(found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]).sum())
    return found if total >= LEAST_TOTAL_SHARE * long_side else found[:0]


def _ballot(points: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cell of each point at each tilt (n, n_tilts), and points in each cell (n_tilts, n_cells).

    Source: R. O. Duda and P. E. Hart, "Use of the Hough transformation to detect lines and curves
    in pictures", Communications of the ACM 15 (1972).
    """
    offsets = points[:, :1] * np.cos(TILTS) - points[:, 1:] * np.sin(TILTS)
    cells = np.rint(offsets).astype(np.int64)
    cells -= cells.min()
    n_cells = int(cells.max()) + 1
    return cells, _counted(cells, n_cells)


def _counted(cells: NDArray[np.int64], n_cells: int) -> NDArray[np.int64]:
    """Points in each cell at each tilt, (n_tilts, n_cells)."""
    flat = (cells + n_cells * np.arange(len(TILTS))).reshape(-1)
    return np.bincount(flat, minlength=n_cells * len(TILTS)).reshape(len(TILTS), n_cells)


def _thin_dark(grey: Floats, sky: Masks) -> tuple[Masks, Masks]:
    """Pixels of thin dark lines within the sky, and the sky with those lines filled."""
    square = np.ones((5, 5), dtype=np.bool_)
    room = np.pad(sky, 4, constant_values=True)
    filled = ndimage.binary_closing(room, square, iterations=1)[4:-4, 4:-4]
    # Wires beside each other, or leaves, must not count as sky: most of the surroundings must be.
    open_sky = ndimage.uniform_filter(filled.astype(np.float32), 9) > 0.75
    lifted = ndimage.grey_closing(grey, size=(7, 7)) - grey
    noise = float(np.median(lifted[open_sky])) if open_sky.any() else 0.0
    thin = (lifted > noise + DARKER) & open_sky
    around = ndimage.uniform_filter(thin.astype(np.float32), 13) * 169.0
    thin &= around <= MOST_AROUND
    thin[:3], thin[-3:], thin[:, :3], thin[:, -3:] = False, False, False, False
    return np.asarray(thin), open_sky


def _offsets(points: NDArray[np.int64], tilt: float) -> Floats:
    """Signed distance of points (n, 2) row and column from a line through the origin."""
    return np.asarray(points[:, 0] * np.cos(tilt) - points[:, 1] * np.sin(tilt))


def _pieces_on(
    points: NDArray[np.int64], tilt: float, thin: Masks, open_sky: Masks, least: float
) -> list[tuple[float, float, float, float]]:
    """Unbroken pieces of a line that are long, filled and clean beside."""
    along = points[:, 1] * np.cos(tilt) + points[:, 0] * np.sin(tilt)
    order = np.argsort(along)
    along, points = along[order], points[order]
    breaks = np.nonzero(np.diff(along) > 5.0)[0] + 1
    found = []
    for run in np.split(np.arange(len(along)), breaks):
        length = float(along[run[-1]] - along[run[0]])
        if length < (STEEP_FACTOR * least if abs(tilt) > STEEP else least):
            continue
        filled = len(np.unique(np.floor(along[run]))) / length
        if filled < FILLED_SHARE or not _is_clean(points[run], tilt, thin, open_sky):
            continue
        middle = np.polyfit(along[run], _offsets(points[run], tilt), 1)
        ends = along[[run[0], run[-1]]]
        aside = np.polyval(middle, ends)
        across = ends * np.cos(tilt) - aside * np.sin(tilt)
        down = ends * np.sin(tilt) + aside * np.cos(tilt)
        found.append((float(across[0]), float(down[0]), float(across[1]), float(down[1])))
    return found


def _is_clean(points: NDArray[np.int64], tilt: float, thin: Masks, open_sky: Masks) -> bool:
    """Whether sky without other thin lines lies beside a piece, on at least one side of each place.

    Two wires may run side by side; a twig has others on both sides.
    """
    height, width = thin.shape
    clean = np.zeros((2, len(points)), dtype=np.bool_)
    for number, side in enumerate((-1.0, 1.0)):
        free = np.ones(len(points), dtype=np.bool_)
        for far in (4.0, 6.0):
            row = np.rint(points[:, 0] + side * far * np.cos(tilt)).astype(np.int64)
            column = np.rint(points[:, 1] - side * far * np.sin(tilt)).astype(np.int64)
            row, column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
            free &= open_sky[row, column] & ~thin[row, column]
        clean[number] = free
    return bool(clean.any(axis=0).mean() > CLEAN_SHARE and clean.all(axis=0).mean() > 0.4)


LEAST_BUILT_SHARE = 0.0008
"""Built regions smaller than this share of the photo are not looked at."""

PIXEL_ERROR = 2.5
"""Error of an edge on the grid, pixels, half width of the interval."""

Ends = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Gap:
    """Shortest way in the picture between the tree and something.

    Attributes:
        length_px: Its length.
        ends: Across and down at the tree, across and down at the other end.
    """

    length_px: float
    ends: Ends


def wire_gap(tree: Masks, wires: Floats) -> Gap | None:
    """Gap to the nearest piece of wire; None without wires."""
    if len(wires) == 0 or not tree.any():
        return None
    return _gap(tree, np.concatenate([_points_on(piece) for piece in wires]))


def built_gap(tree: Masks, built: Masks) -> Gap | None:
    """Gap to the nearest built region; None without any."""
    labels, n_found = ndimage.label(built)
    sizes = np.bincount(labels.reshape(-1), minlength=n_found + 1)
    large = sizes > LEAST_BUILT_SHARE * built.size
    large[0] = False
    rows, columns = np.nonzero(large[labels])
    if len(rows) == 0 or not tree.any():
        return None
    return _gap(tree, np.stack([columns, rows], axis=1).astype(np.float64))


def _points_on(piece: Floats) -> Floats:
    """Points (n, 2), across and down, a pixel apart."""
    length = float(np.hypot(piece[2] - piece[0], piece[3] - piece[1]))
    share = np.linspace(0.0, 1.0, max(int(length), 2))[:, None]
    return np.asarray(piece[:2] + share * (piece[2:] - piece[:2]))


def _gap(tree: Masks, points: Floats) -> Gap:
    """Gap between a tree and points (n, 2), across and down."""
    height, width = tree.shape
    far, nearest = ndimage.distance_transform_edt(~tree, return_indices=True)
    column = np.clip(np.rint(points[:, 0]), 0, width - 1).astype(np.int64)
    row = np.clip(np.rint(points[:, 1]), 0, height - 1).astype(np.int64)
    best = int(np.argmin(far[row, column]))
    at = (row[best], column[best])
    ends = (
        float(nearest[1][at]),
        float(nearest[0][at]),
        float(points[best, 0]),
        float(points[best, 1]),
    )
    return Gap(float(far[at]), ends)


def gap_measure(name: str, gap: Gap | None, height_px: float | None, *, no_thing: str) -> Measure:
    """A gap as a share of the tree's height."""
    if gap is None:
        return not_measurable(name, no_thing.removesuffix("."))
    remark = NEAR_WIRES if name == "gap_to_wires" else ""
    if height_px is None:
        why = "the height of the tree in the picture is not known"
        return not_measurable(name, f"{NEAR_WIRES} Also, {why}" if remark else why)
    touching = gap.length_px <= 1.5
    share = 0.0 if touching else gap.length_px / height_px
    said = "touch or cross in the picture" if touching else "in the picture, no distance in space"
    return measured(
        name,
        share,
        PIXEL_ERROR / height_px,
        least=0.0,
        remark=f"{remark} Here: {said}" if remark else said,
    )


def wire_sentence(wires: Floats) -> str:
    """What is said of wires: what to do comes first, and none found is no all-clear."""
    return f"{NEAR_WIRES} Wires were seen." if len(wires) else WIRES_NOT_RULED_OUT
