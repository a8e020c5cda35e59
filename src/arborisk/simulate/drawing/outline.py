"""The crown's outline, and which places in it are dead or open to the sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from arborisk.simulate.drawing.canvas import Floats, Masks, Textures, as_corners
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.noise import smooth_noise

GRID = 160
"""Cells along each side of the grids that say what is dead and what is open."""

ALWAYS_OPEN = 0.05
"""Share of a closed crown that still shows the sky, between single leaves."""


@dataclass(frozen=True, slots=True)
class Crown:
    """A crown in the tree's plane, metres right and up from the foot.

    Attributes:
        outline: Polygon (n, 2).
        middle: Middle of the outline, (2,).
        half_size: Half of its width and height, (2,).
        clump_m: Radius of a clump of leaves.
        low: Lower left corner of the grids, (2,).
        high: Upper right corner, (2,).
        inside: Whether a cell lies within the outline, (GRID, GRID), rows upwards.
        dead: Whether a cell is dead.
        open: Whether a cell is a gap in the leaves.
    """

    outline: Floats
    middle: Floats
    half_size: Floats
    clump_m: float
    low: Floats
    high: Floats
    inside: Masks
    dead: Masks
    open: Masks

    def at(self, grid: Masks, points: Floats) -> Masks:
        """Values of a grid at points (n, 2); beyond the grid, those of its border."""
        place = (points - self.low) / (self.high - self.low) * GRID
        cell = np.clip(place, 0, GRID - 1).astype(np.int64)
        return grid[cell[:, 1], cell[:, 0]]


def crown_of(figure: Figure, rng: np.random.Generator) -> Crown:
    """Crown of a figure.

    Args:
        figure: The tree.
        rng: Source of its shape.
    """
    width, depth = figure.crown_width_m, figure.height_m - figure.crown_base_m
    if figure.kind == "conifer":
        clump = 0.12 + 0.055 * width
        outline = _cone(figure, rng)
    else:
        clump = min(0.35 + 0.06 * width, 0.3 * depth)
        outline = _dome(figure, rng)
    low, high = outline.min(axis=0), outline.max(axis=0)
    middle, half_size = (low + high) / 2, (high - low) / 2
    low, high = low - 1.5 * clump, high + 1.5 * clump
    mask = Image.new("1", (GRID, GRID), 0)
    ImageDraw.Draw(mask).polygon(as_corners((outline - low) / (high - low) * GRID), fill=1)
    inside = np.array(mask)
    cell = clump / float((high - low).max()) * GRID
    return Crown(
        outline=outline,
        middle=middle,
        half_size=half_size,
        clump_m=clump,
        low=low,
        high=high,
        inside=inside,
        dead=_dead_cells(inside, figure.dead_crown_share, rng),
        open=_open_cells(inside, figure.crown_density, cell, rng),
    )


def _dome(figure: Figure, rng: np.random.Generator) -> Floats:
    """Rounded, lobed outline that follows the lean; its width and height are the figure's."""
    angle = np.linspace(0.0, 2.0 * np.pi, 120, endpoint=False)
    fullness = rng.uniform(2.1, 2.7)
    across = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** (2.0 / fullness)
    up = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** (2.0 / fullness)
    lobes = np.ones_like(angle)
    for waves in (2, 3, 5, 7):
        lobes += 0.13 / waves * rng.normal() * np.sin(waves * angle + rng.uniform(0, 2 * np.pi))
    across, up = across * lobes, up * lobes
    across = 2.0 * (across - across.min()) / np.ptp(across) - 1.0
    up = (up - up.min()) / np.ptp(up)
    # An egg standing on its end: the widest place lies below or above the middle.
    across = across * (1.0 + rng.uniform(-0.25, 0.1) * (up - 0.5))
    across = across / np.abs(across).max() * figure.crown_width_m / 2
    height = figure.crown_base_m + up * (figure.height_m - figure.crown_base_m)
    slope = np.tan(np.radians(figure.lean_deg))
    return np.stack([across + figure.crown_offset_m + height * slope, height], axis=1)


def _cone(figure: Figure, rng: np.random.Generator) -> Floats:
    """Pointed outline; an offset makes one side wider than the other."""
    share = np.linspace(0.0, 1.0, 40)
    # A triangle's centroid lies a third of the difference of its sides off the axis.
    tilt = np.clip(1.5 * figure.crown_offset_m, -0.4, 0.4) if figure.crown_width_m > 0 else 0.0
    half = figure.crown_width_m / 2
    profile = (1.0 - share) ** rng.uniform(0.75, 1.0) * np.minimum(1.0, 0.55 + 3.5 * share) + 0.015
    profile = profile / profile.max()
    slope = np.tan(np.radians(figure.lean_deg))
    height = figure.crown_base_m + share * (figure.height_m - figure.crown_base_m)
    left = np.stack([height * slope - (half - tilt) * profile, height], axis=1)
    right = np.stack([height * slope + (half + tilt) * profile, height], axis=1)
    return np.concatenate([right, left[::-1]])


def _dead_cells(inside: Masks, share: float, rng: np.random.Generator) -> Masks:
    """The given share of the crown, top and outside first, in patches."""
    patches = smooth_noise(rng, GRID, GRID, cell=0.45 * GRID, octaves=6)
    if share <= 0.0:
        return np.zeros_like(inside)
    up, across = np.mgrid[-1.0 : 1.0 : GRID * 1j, -1.0 : 1.0 : GRID * 1j]
    score = (0.9 * up + 0.8 * np.hypot(across, up) + 0.55 * patches).astype(np.float32)
    dead: Masks = score > np.quantile(score[inside], 1.0 - share)
    return dead


def _open_cells(inside: Masks, density: float, cell: float, rng: np.random.Generator) -> Masks:
    """Gaps between clumps, as many as leave the given density."""
    lumps: Textures = smooth_noise(rng, GRID, GRID, cell=1.1 * cell, octaves=4)
    gaps = float(np.clip((1.0 - density - ALWAYS_OPEN) * 1.15, 0.0, 0.9))
    return lumps > np.quantile(lumps[inside], 1.0 - gaps)
