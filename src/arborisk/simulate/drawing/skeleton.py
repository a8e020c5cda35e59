"""Stems and branches: the bare structure of a tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.simulate.drawing.canvas import Floats
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.outline import Crown

BREAST_HEIGHT_M = 1.3
FLARE_HEIGHT_M = 0.5
"""Height up to which a stem counts as root flare."""

PIPE_EXPONENT = 2.2
"""Radius to this power adds up where branches join (da Vinci's rule has 2; measured trees 1.8-2.3,
Minamino & Tateno 2014, https://doi.org/10.1371/journal.pone.0093535)."""

TIP_RADIUS_M = 0.021
PIECES = 5
"""Straight pieces that a bough is made of."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem from low to high.

    Attributes:
        axis: Points (n, 2), metres right and up, heights rising.
        radius_m: Radius at each point, (n,).
    """

    axis: Floats
    radius_m: Floats

    def across_at(self, height_m: Floats) -> Floats:
        """Where the axis lies at given heights."""
        return np.interp(height_m, self.axis[:, 1], self.axis[:, 0])

    def radius_at(self, height_m: Floats) -> Floats:
        """Radius at given heights."""
        return np.interp(height_m, self.axis[:, 1], self.radius_m)


@dataclass(frozen=True, slots=True)
class Branches:
    """Pieces of branches, m in all.

    Attributes:
        start: (m, 3), metres right, up and towards the camera.
        end: (m, 3).
        radius_m: (m,).
    """

    start: Floats
    end: Floats
    radius_m: Floats


def grow_stems(figure: Figure, crown: Crown, rng: np.random.Generator) -> tuple[Stem, ...]:
    """One stem, or two that part in a V.

    Args:
        figure: The tree.
        crown: Its crown.
        rng: Source of its shape.
    """
    height = figure.height_m
    broadleaf = figure.kind == "broadleaf"
    # A broadleaf's stem dissolves into limbs; a conifer's runs to the very top.
    top = (
        height - rng.uniform(0.18, 0.32) * 2.0 * crown.half_size[1] if broadleaf else 0.99 * height
    )
    up = np.concatenate([np.linspace(0.0, 0.6, 9), np.linspace(0.75, top, 36)])
    sway = 0.004 * height * np.sin(np.pi * up / height * rng.uniform(1.0, 2.5))
    sway *= rng.uniform(-1.0, 1.0)
    bend = np.clip((up - figure.crown_base_m) / (top - figure.crown_base_m), 0.0, 1.0)
    offset = figure.crown_offset_m if broadleaf else 0.0
    if broadleaf:
        waves = rng.uniform(1.2, 2.2)
        sway += (
            0.09 * crown.half_size[0] * bend * np.sin(np.pi * waves * bend) * rng.choice([-1, 1])
        )
    straight = np.tan(np.radians(figure.lean_deg)) * up + sway + 0.8 * offset * bend**1.5
    radius = _taper(figure, up, top)
    if figure.n_stems == 1:
        return (Stem(np.stack([straight, up], axis=1), radius),)
    parting = float(np.clip(rng.uniform(0.12, 0.24) * height, 1.5, 0.8 * figure.crown_base_m + 0.6))
    parting = max(parting, 1.5)
    spread = rng.uniform(0.36, 0.5) * float(crown.half_size[0])
    beyond = np.clip((up - parting) / (top - parting), 0.0, None)
    away = spread * (1.25 * beyond**0.8 - 0.25 * beyond**2)
    share = np.where(up > parting, 0.72, 1.0)
    # Below the parting both lie on one another, as one thick stem.
    ends = rng.permutation([1.0, rng.uniform(0.84, 0.96)])
    stems = []
    for side, end in zip((-1.0, 1.0), ends, strict=True):
        seat = np.where(up > parting, 0.3 * np.interp(parting, up, radius), 0.0)
        across = straight + side * (away + seat)
        keep = up <= end * top
        stems.append(Stem(np.stack([across, up], axis=1)[keep], (radius * share)[keep]))
    return tuple(stems)


def _taper(figure: Figure, up: Floats, top: float) -> Floats:
    """Radius along a stem with flared foot; exactly half the diameter at breast height."""
    half = figure.stem_diameter_m / 2
    if figure.kind == "conifer":
        body = ((top - up) / (top - BREAST_HEIGHT_M)) ** 0.9
    else:
        within = np.clip((up - figure.crown_base_m) / (top - figure.crown_base_m), 0.0, 1.0)
        below = 1.0 - 0.25 * (up - BREAST_HEIGHT_M) / max(figure.crown_base_m, 2.0)
        body = np.clip(below, 0.7, None) * (1.0 - 0.86 * within**0.8)
    flare = 1.0 + 0.75 * np.exp(-np.clip(up, 0.0, None) / 0.2)
    flare /= 1.0 + 0.75 * np.exp(-BREAST_HEIGHT_M / 0.2)
    return np.maximum(half * body * flare, TIP_RADIUS_M)


def grow_branches(
    figure: Figure, stems: tuple[Stem, ...], clumps: Floats, rng: np.random.Generator
) -> Branches:
    """Branches from the stems to every clump of leaves.

    Clumps near a stem are joined first; each later one to the place on what has grown already that
    is near and below it, so that limbs fork as they do in life.

    Args:
        figure: The tree.
        stems: Its stems.
        clumps: Middles of the clumps (n, 3), metres right, up and towards the camera.
        rng: Source of its shape.
    """
    nodes, parents, radii = _stem_nodes(figure, stems)
    n_stem = len(nodes)
    place = np.zeros((n_stem + PIECES * len(clumps), 3))
    heading = np.zeros_like(place)
    parent = np.full(len(place), -1, dtype=np.int64)
    place[:n_stem], parent[:n_stem] = nodes, parents
    count = n_stem
    gap = np.min(np.linalg.norm(clumps[:, None, :2] - nodes[None, :, :2], axis=2), axis=1)
    wanted_rise = 0.4 if figure.kind == "broadleaf" else -0.12
    for index in np.argsort(gap):
        tip = clumps[index]
        way = tip - place[:count]
        far = np.linalg.norm(way, axis=1)
        cost = far + 0.9 * np.clip(wanted_rise * far - way[:, 1], 0.0, None)
        if figure.kind == "conifer":
            cost[n_stem:] += 0.5 * figure.crown_width_m
        start = int(np.argmin(cost))
        path = _bough(place[start], heading[start], tip, figure, rng)
        place[count : count + PIECES] = path
        heading[count : count + PIECES] = np.diff(path, axis=0, prepend=place[start][None])
        parent[count : count + PIECES] = [start, *range(count, count + PIECES - 1)]
        count += PIECES
    return _thickened(place[:count], parent[:count], n_stem, radii)


def _bough(
    start: Floats, heading: Floats, tip: Floats, figure: Figure, rng: np.random.Generator
) -> Floats:
    """Places (PIECES, 3) along a bough from its parent's direction to its tip."""
    way = tip - start
    far = float(np.linalg.norm(way))
    if figure.kind == "conifer":
        bend = start + 0.5 * way + (0.0, -0.08 * far, 0.0)
    else:
        ahead = heading / max(float(np.linalg.norm(heading)), 1e-9)
        bend = start + far * (0.22 * ahead + 0.3 * way / max(far, 1e-9))
        bend[1] += rng.uniform(-0.12, 0.2) * far
    share = np.linspace(0.0, 1.0, PIECES + 1)[1:, None]
    path: Floats = (1 - share) ** 2 * start + 2 * share * (1 - share) * bend + share**2 * tip
    path[:-1] += rng.normal(0.0, 0.025 * far, (PIECES - 1, 3))
    return path


def _stem_nodes(
    figure: Figure, stems: tuple[Stem, ...]
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Places on the stems from which branches may leave."""
    lowest = 0.85 * figure.crown_base_m
    nodes, parents, radii, count = [], [], [], 0
    for stem in stems:
        top = float(stem.axis[-1, 1])
        heights = np.linspace(max(lowest, BREAST_HEIGHT_M), top, 40)
        flat = np.stack([stem.across_at(heights), heights, np.zeros(40)], axis=1)
        nodes.append(flat)
        parents.append(np.arange(count - 1, count + 39))
        parents[-1][0] = -1
        radii.append(stem.radius_at(heights))
        count += 40
    return np.concatenate(nodes), np.concatenate(parents), np.concatenate(radii)


def _thickened(
    place: Floats, parent: NDArray[np.int64], n_stem: int, stem_radius: Floats
) -> Branches:
    """Branch pieces with radii by the pipe rule, never thicker than the stem they leave."""
    power = np.full(len(place), 0.0)
    is_tip = np.ones(len(place), dtype=np.bool_)
    is_tip[parent[parent >= 0]] = False
    power[is_tip] = TIP_RADIUS_M**PIPE_EXPONENT
    for node in range(len(place) - 1, n_stem - 1, -1):
        power[parent[node]] += power[node]
    radius = power ** (1.0 / PIPE_EXPONENT)
    limit = np.full(len(place), np.inf)
    for node in range(n_stem, len(place)):
        origin = int(parent[node])
        limit[node] = 0.6 * stem_radius[origin] if origin < n_stem else limit[origin]
    radius = np.maximum(np.minimum(radius, limit), 0.5 * TIP_RADIUS_M)
    branch = np.arange(n_stem, len(place))
    return Branches(place[parent[branch]], place[branch], radius[branch])
