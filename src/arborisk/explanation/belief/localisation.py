"""On drawn trees: does the map point at the part that caused the class?

Drawn trees are never evidence about real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from arborisk.errors import DatasetError, Remedy, command
from arborisk.evaluation.run_tables import read_rows
from arborisk.explanation.belief.maps import above, enlarged, mean_interval
from arborisk.preprocess.prepare import seen_box
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Interval
from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.failure import critical_gust_ms
from arborisk.simulate.parameters import VisibleParts, draw_hidden
from arborisk.simulate.trees import DrawnTree
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text
from arborisk.wording.percent import percent

DRAW_AGAIN = Remedy(
    "Give the folder of a stand, or draw it again: {}.", command("learn simulate OUT")
)
LEAST_RISE_MS: Final = 2.0
"""Least rise of the critical gust, m/s, for a cue to be called the cause: about a twentieth of the
gusts between which the classes part, and above what the redraws leave to chance."""
N_REDRAWS: Final = 200
"""Draws of what no photo shows. Between two seeds the mean rise of nine trees in ten then differs
by less than 0.5 m/s."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to be seen on a drawn tree that lowers its critical gust.

    Attributes:
        name: Field of `arborisk.simulate.parameters.VisibleParts`.
        title: In words.
        parts: Parts of the mask that show it.
    """

    name: str
    title: str
    parts: tuple[str, ...]

    @property
    def codes(self) -> tuple[int, ...]:
        """Values of the mask that show it."""
        return tuple(PART_CODES[part] for part in self.parts)


CUES: Final = (
    Cue("dead_crown_share", "dead crown", ("dead_crown",)),
    Cue("cavity_share", "opening in the stem", ("defect",)),
    Cue("n_conks", "fungus brackets", ("defect",)),
    Cue("root_plate_lift_deg", "lifted root plate", ("defect", "root_flare")),
    Cue("lean_deg", "lean", ("stem", "root_flare")),
)
"""Taken away by setting the field to 0. Openings, brackets and a lifted plate share one code of the
mask: where a tree has several, the region is all of them."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What mechanics holds responsible for the class of a drawn tree.

    Attributes:
        cue: The cue.
        rise_ms: What its removal adds to the mean critical gust, m/s.
    """

    cue: Cue
    rise_ms: float


def cause_of(tree: DrawnTree, *, seed: int = 0) -> Cause | None:
    """The cue whose removal raises the critical gust most; None where none raises it enough.

    Args:
        tree: The drawn tree; its hidden parameters are not looked at.
        seed: Of the draws of what no photo shows.
    """
    visible = _visible(tree)
    before = _mean_critical_ms(visible, seed)
    found = [Cause(cue, _mean_critical_ms(_without(visible, cue), seed) - before) for cue in CUES]
    best = max(found, key=lambda cause: cause.rise_ms)
    return best if best.rise_ms >= LEAST_RISE_MS else None


def read_drawn_trees(path: Path) -> dict[str, DrawnTree]:
    """Drawn trees by name, from the truth of a stand.

    Args:
        path: ``truth.csv`` of a stand.

    Raises:
        DatasetError: It is no such table; says what to do.
    """
    trees = {}
    rows = read_rows(path, [item.name for item in fields(DrawnTree)], remedy=DRAW_AGAIN)
    try:
        for row in rows:
            values = {item.name: _read(item.type, row[item.name]) for item in fields(DrawnTree)}
            trees[row["tree_id"]] = DrawnTree(**values)  # type: ignore[arg-type]
    except (KeyError, ValueError, TypeError) as error:
        raise DatasetError(
            "the truth of a drawn stand, as `arborisk learn simulate` writes it",
            f"{type(error).__name__}: {error}",
            str(path),
            DRAW_AGAIN,
        ) from error
    return trees


def _read(kind: object, text: str) -> str | float | int:
    """A value of a column, by the type that the record states."""
    if kind == "int":
        return int(text)
    return float(text) if kind == "float" else text


def _visible(tree: DrawnTree) -> VisibleParts:
    """The tree as arrays of one."""
    values = {
        item.name: np.array([getattr(tree, item.name)])
        for item in fields(VisibleParts)
        if item.name != "is_conifer"
    }
    return VisibleParts(is_conifer=np.array([tree.kind == "conifer"]), **values)


def _without(visible: VisibleParts, cue: Cue) -> VisibleParts:
    """The tree without a cue."""
    return replace(visible, **{cue.name: np.zeros_like(getattr(visible, cue.name))})


def _mean_critical_ms(visible: VisibleParts, seed: int) -> float:
    """Mean critical gust over draws of what no photo shows, m/s."""
    hidden = draw_hidden(visible, np.random.default_rng(seed), n_redraws=N_REDRAWS)
    return float(critical_gust_ms(visible, hidden).mean())


def counts(causes: Sequence[Cause | None]) -> dict[str, int]:
    """Trees by cause, most common first; trees without one are left out."""
    named = [cause.cue.title for cause in causes if cause is not None]
    return {
        name: named.count(name) for name in sorted(set(named), key=lambda one: -named.count(one))
    }


TOLERANCE_SHARE: Final = 1 / 28
"""How far a point may miss the part, as a share of the photo's side: half of a place of the grid of
the default model's last map. Source: the pointing game of Zhang et al. (2018), International
Journal of Computer Vision 126, 1084-1102, allows 15 px, about as much of its photos."""


@dataclass(frozen=True, slots=True)
class CauseTruth:
    """What is known of a drawn photo.

    Attributes:
        tree: The tree.
        codes: Part codes of its mask over the prepared array, see `codes_on_array`, shape
            (size, size).
    """

    tree: DrawnTree
    codes: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Localisation:
    """Pointing game and share of attribution on the part that caused the class.

    Attributes:
        hits: Share of photos in which the highest value of the map falls on the part.
        hits_random: The same of a random point: the part's mean share of the photo, widened by
            the tolerance.
        hits_centre: The same of the middle of the photo.
        over_random: Hits less those of a random point.
        over_centre: Hits less those of the middle.
        share: Share of what the map says for the class that lies on the part.
        area: The part's share of the photo.
        lift: Share less area.
        causes: Photos by cause.
        n_photos: Photos with a cause to be seen.
        n_left_out: Photos without one: no cue raises the critical gust enough, or it is hidden.
    """

    hits: float
    hits_random: float
    hits_centre: float
    over_random: Interval
    over_centre: Interval
    share: float
    area: float
    lift: Interval
    causes: tuple[tuple[str, int], ...]
    n_photos: int
    n_left_out: int

    @property
    def sentence(self) -> str:
        """In words."""
        points = "points" if above(self.over_random) else "is not shown to point"
        named = ", ".join(f"{name} {count}" for name, count in self.causes)
        return (
            f"On drawn trees, the map {points} at the part that caused the class: its highest "
            f"value falls on it in {percent(self.hits)} of {counted(self.n_photos, 'photo')}, a "
            f"random point in {percent(self.hits_random)}, the middle of the photo in "
            f"{percent(self.hits_centre)} (more than random by {interval_text(self.over_random)}). "
            f"{percent(self.share)} of what speaks for the class lies on it, which is "
            f"{percent(self.area)} of the photo. Causes: {named}."
        )


def measure_localisation(
    maps: NDArray[np.floating],
    truth: Sequence[CauseTruth],
    *,
    groups: Sequence[str],
    seed: int = 0,
) -> Localisation | None:
    """Compares maps with the parts that caused the classes of drawn trees.

    Args:
        maps: Any resolution, shape (n, h, w).
        truth: What is known of each photo.
        groups: Group of each photo.
        seed: Of the draws behind the causes.

    Returns:
        None where no photo shows a cause.
    """
    causes = [cause_of(one.tree, seed=seed) for one in truth]
    regions = [region_of(one, cause) for one, cause in zip(truth, causes, strict=True)]
    kept = [place for place, region in enumerate(regions) if region is not None and region.any()]
    if not kept:
        return None
    size = truth[0].codes.shape[0]
    large = enlarged(maps[kept], size)
    rows = [_on_part(values, regions[place]) for values, place in zip(large, kept, strict=True)]
    hit, wide, centre, share, area = np.array(rows).T
    chosen = [groups[place] for place in kept]
    return Localisation(
        float(hit.mean()),
        float(wide.mean()),
        float(centre.mean()),
        mean_interval(hit - wide, chosen),
        mean_interval(hit - centre, chosen),
        float(share.mean()),
        float(area.mean()),
        mean_interval(share - area, chosen),
        tuple(counts([causes[place] for place in kept]).items()),
        len(kept),
        len(truth) - len(kept),
    )


def region_of(truth: CauseTruth, cause: Cause | None) -> NDArray[np.bool_] | None:
    """Where the part that caused the class is seen, shape (size, size); None without a cause."""
    return None if cause is None else np.isin(truth.codes, cause.cue.codes)


def codes_on_array(
    codes: NDArray[np.uint8], settings: PreprocessSettings, *, seed: int = 0
) -> NDArray[np.uint8]:
    """The mask of a drawn photo as the network's array shows the photo, shape (size, size).

    Where the array shows more than the photo, the sky's code stands.

    Args:
        codes: Part codes, shape (height, width).
        settings: How the array is made.
        seed: As for `arborisk.preprocess.photo_seed`.
    """
    height, width = codes.shape
    box = seen_box(width, height, settings, seed=seed)
    corners = (round(box[0]), round(box[1]), round(box[2]), round(box[3]))
    size = (settings.size_px, settings.size_px)
    seen = Image.fromarray(codes).crop(corners)
    return np.array(seen.resize(size, Image.Resampling.NEAREST), dtype=np.uint8)


def _on_part(
    values: NDArray[np.float32], region: NDArray[np.bool_] | None
) -> tuple[float, float, float, float, float]:
    """Hit, hit rate of a random point, hit of the middle, share on the part, area of the part."""
    if region is None:  # narrowed by the caller
        raise ValueError("a photo without a cause has no part to point at")
    size = len(values)
    away = ndimage.distance_transform_edt(~region)
    wide = away <= TOLERANCE_SHARE * size
    down, right = np.unravel_index(int(values.argmax()), values.shape)
    positive = np.maximum(values, 0.0)
    total = float(positive.sum())
    share = float(positive[region].sum()) / total if total > 0 else 0.0
    return (
        float(wide[down, right]),
        float(wide.mean()),
        float(wide[size // 2, size // 2]),
        share,
        float(region.mean()),
    )
