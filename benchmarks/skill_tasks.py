"""Tasks for `benchmarks/skill.py`, made of the park trees and of a drawn stand.

Park photos are real. Their tasks ask what the table of photos knows (season, year, month), what a
region shows (``parts_regions.csv``: seven kinds, cut down to 40 to 181 regions), and the month of
crops around single trees. The drawn stand asks the likelihood of failure and the kind of the tree
or of its first visible defect, in seven unequal classes; drawn trees are no evidence about real
ones. Label noise gives a share of the labels to learn from another class, drawn at random; the
labels to judge by stay right.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

REGIONS = Path(__file__).with_name("parts_regions.csv")
KEPT = {
    **{"crown": 181, "other_trees": 90, "built": 60, "ground": 120},
    **{"sky": 40, "stem": 117, "bare_wood": 40},
}
"""Regions of each kind that are kept, so that the classes are unequal."""
LEAST_OUTINGS = {"month": 9, "month, 9 classes": 6, "month of one tree": 6}
LEAST_BOX_PX, MOST_BOX_PX = 60, 600
YEARS = ("2020", "2021")

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo, or a part of it."""

    path: Path
    box: Box | None = None  # left, top, right, bottom

    def opened(self) -> Image.Image:
        """In colour."""
        with Image.open(self.path) as photo:
            image = photo.convert("RGB")
        return image.crop(self.box) if self.box else image


@dataclass(frozen=True, eq=False)
class SkillTask:
    """Pictures with classes and groups; `noise` is the share of wrong labels to learn from."""

    name: str
    pictures: tuple[Picture, ...]
    class_index: NDArray[np.int64]
    groups: tuple[str, ...]
    noise: float = 0.0

    @property
    def n_classes(self) -> int:
        """Classes told apart."""
        return int(self.class_index.max()) + 1

    def learnt(self, rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
        """Classes to learn from, shape (len(rows),), some of them wrong."""
        found = self.class_index[rows].copy()
        rng = np.random.default_rng(seed)
        wrong = rng.random(len(found)) < self.noise
        found[wrong] = (found[wrong] + rng.integers(1, self.n_classes, wrong.sum())) % (
            self.n_classes
        )
        return found


def park_tasks(folder: Path) -> list[SkillTask]:
    """Tasks on real photos.

    Args:
        folder: With ``photos.csv`` (file, taken_at, outing, season, boxes_xywh) and its photos.
    """
    rows = _rows(folder / "photos.csv")
    outing_of = {row["file"]: row["outing"] for row in rows}
    photos = [(Picture(folder / row["file"]), row["outing"]) for row in rows]
    months = [row["taken_at"][5:7] for row in rows]
    outings = [row["outing"] for row in rows]
    boxes = [
        (Picture(folder / row["file"], (x, y, x + width, y + height)), row["outing"])
        for row in rows
        for x, y, width, height in (map(int, box) for box in json.loads(row["boxes_xywh"]))
        if min(width, height) >= LEAST_BOX_PX and max(width, height) < MOST_BOX_PX
    ]
    box_months = [outing[5:7] for _, outing in boxes]
    season = _task("season", photos, [row["season"] for row in rows])
    by_month = _task("month", photos, _common(months, outings, LEAST_OUTINGS["month"]))
    return [
        season,
        _task("year", photos, [m[:4] if m[:4] in YEARS else "" for m in outings]),
        by_month,
        _task(
            "month, 9 classes",
            photos,
            _common(months, outings, LEAST_OUTINGS["month, 9 classes"]),
        ),
        *_noisy(by_month),
        _regions(folder, outing_of),
        _task(
            "month of one tree",
            boxes,
            _common(
                box_months, [outing for _, outing in boxes], LEAST_OUTINGS["month of one tree"]
            ),
        ),
    ]


def drawn_tasks(folder: Path) -> list[SkillTask]:
    """Tasks on drawn trees.

    Args:
        folder: Made by ``arborisk learn simulate FOLDER``.
    """
    rows = _rows(folder / "labels.csv")
    truth = {row["tree_id"]: row for row in _rows(folder / "truth.csv")}
    photos = [(Picture(folder / "photos" / row["file"]), row["site"]) for row in rows]
    likelihood = _task("drawn, likelihood", photos, [row["label"] for row in rows])
    kinds = _task("drawn, kind", photos, [_kind(truth[row["tree"]]) for row in rows])
    return [likelihood, *_noisy(likelihood), kinds]


def _kind(tree: dict[str, str]) -> str:
    """The first visible defect, or the kind of tree where there is none."""
    for name, found in (
        ("root plate", float(tree["root_plate_lift_deg"]) > 0),
        ("cavity", float(tree["cavity_share"]) > 0),
        ("conks", int(tree["n_conks"]) > 0),
        ("dead crown", float(tree["dead_crown_share"]) > 0.15),
        ("two stems", int(tree["n_stems"]) > 1),
    ):
        if found:
            return name
    return tree["kind"]


def _regions(folder: Path, outing_of: dict[str, str]) -> SkillTask:
    regions = _rows(REGIONS)
    rng = np.random.default_rng(0)
    kept: list[int] = []
    for part, n_kept in KEPT.items():
        places = [place for place, row in enumerate(regions) if row["part"] == part]
        kept += rng.permutation(places)[:n_kept].tolist()
    chosen = [regions[place] for place in sorted(kept)]
    pictures = []
    for row in chosen:
        x, y, width, height = (int(row[key]) for key in ("x_px", "y_px", "width_px", "height_px"))
        box = (x, y, x + width, y + height)
        pictures.append((Picture(folder / row["file"], box), outing_of[row["file"]]))
    return _task("kind of region", pictures, [row["part"] for row in chosen])


def _noisy(task: SkillTask) -> list[SkillTask]:
    return [
        replace(task, name=f"{task.name}, {share:.0%} wrong", noise=share) for share in (0.1, 0.2)
    ]


def _common(classes: Sequence[str], outings: Sequence[str], least: int) -> list[str]:
    """Classes seen in enough outings; the others become empty."""
    seen = defaultdict(set)
    for name, outing in zip(classes, outings, strict=True):
        seen[name].add(outing)
    return [name if len(seen[name]) >= least else "" for name in classes]


def _task(name: str, pictures: Sequence[tuple[Picture, str]], classes: Iterable[str]) -> SkillTask:
    """Those with a class."""
    rows = [(one, group, cls) for (one, group), cls in zip(pictures, classes, strict=True) if cls]
    _, index = np.unique([cls for *_, cls in rows], return_inverse=True)
    return SkillTask(
        name, tuple(one for one, *_ in rows), index.astype(np.int64), tuple(g for _, g, _ in rows)
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
