"""Gaps in the picture between the tree and wires or built things. Never a distance in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.made import measured, not_measurable
from arborisk.explanation.measures.records import Floats, Masks, Measure
from arborisk.wording.sentences import NEAR_WIRES, WIRES_NOT_RULED_OUT

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
