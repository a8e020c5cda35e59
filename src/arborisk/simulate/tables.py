"""The tables of a stand: labels, ratings, the truth, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.records import DRAWN
from arborisk.simulate.pictures import PhotoJob
from arborisk.simulate.sampling import CLASS_LABELS, Stand
from arborisk.simulate.trees import DrawnTree
from arborisk.tables.write import write_table


@dataclass(frozen=True, slots=True)
class DrawnRater:
    """One made-up rater.

    Attributes:
        name: As it stands in the tables.
        confusion: P(label said | true class), one row a true class, Improbable first.
    """

    name: str
    confusion: tuple[
        tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]
    ]


RATERS = (
    DrawnRater("rater-a", ((0.88, 0.10, 0.02), (0.15, 0.72, 0.13), (0.03, 0.17, 0.80))),
    DrawnRater("rater-b", ((0.80, 0.16, 0.04), (0.18, 0.62, 0.20), (0.05, 0.20, 0.75))),
    DrawnRater("rater-c", ((0.70, 0.23, 0.07), (0.06, 0.64, 0.30), (0.01, 0.09, 0.90))),
    DrawnRater("rater-d", ((0.72, 0.20, 0.08), (0.30, 0.48, 0.22), (0.10, 0.30, 0.60))),
)
"""Errors go to the neighbouring class more often than past it. Rater c leans to the likelier class,
rater d is new to the work. Assumptions: no confusion matrix of arborists is published."""


def draw_ratings(class_index: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """What each rater says of each photo, independently given its true class.

    Args:
        class_index: True class of each photo, shape (n_photos,).
        rng: Source of randomness.

    Returns:
        Class index said, shape (n_photos, n_raters), columns as `RATERS`.
    """
    chance = rng.random((len(class_index), len(RATERS), 1))
    confusion = np.array([rater.confusion for rater in RATERS])
    upper = confusion.cumsum(axis=2)[:, class_index, :-1].transpose(1, 0, 2)
    return np.asarray((chance > upper).sum(axis=2), dtype=np.int64)


TIME_FRAME_YEARS = 3
"""Time frame that goes with the labels, years (assumption: assessors use 1, 3 or 5)."""

LABEL_COLUMNS = (
    *("file", "label", "tree", "site", "view", "season"),
    *("taken_at", "time_frame_years", "source"),
)


def write_labels(path: Path, jobs: Sequence[PhotoJob], labels: Sequence[str]) -> None:
    """One row a photo: its true class and what an inventory would say. ``file`` is below photos/.

    Args:
        path: CSV file.
        jobs: The photos.
        labels: True class of each.
    """
    rows = (
        (
            *(job.file, label, job.tree.tree_id, job.site.site_id, "full tree"),
            "leaf_on" if job.site.leaf_on else "leaf_off",
            *(job.taken_at.isoformat(), TIME_FRAME_YEARS, DRAWN),
        )
        for job, label in zip(jobs, labels, strict=True)
    )
    _write_csv(path, LABEL_COLUMNS, rows)


def write_ratings(path: Path, jobs: Sequence[PhotoJob], said: NDArray[np.int64]) -> None:
    """One row for each photo and rater.

    Args:
        path: CSV file.
        jobs: The photos.
        said: Class index, shape (n_photos, n_raters).
    """
    rows = (
        (job.file, job.tree.tree_id, rater.name, CLASS_LABELS[index])
        for job, row in zip(jobs, said, strict=True)
        for rater, index in zip(RATERS, row, strict=True)
    )
    _write_csv(path, ("file", "tree", "rater", "label"), rows)


def write_raters(path: Path) -> None:
    """The raters' confusion: P(label | true class), long form."""
    rows = (
        (rater.name, CLASS_LABELS[truth], CLASS_LABELS[label], probability)
        for rater in RATERS
        for truth, row in enumerate(rater.confusion)
        for label, probability in enumerate(row)
    )
    _write_csv(path, ("rater", "true_class", "label", "probability"), rows)


def write_truth(path: Path, stand: Stand) -> None:
    """One row a tree: every parameter, its critical gust, its class, P(class | visible)."""
    columns = (
        *(item.name for item in fields(DrawnTree)),
        *("critical_gust_ms", "class"),
        *(f"p_{label}" for label in CLASS_LABELS),
    )
    rows = (
        (
            *asdict(tree).values(),
            *(float(critical), CLASS_LABELS[index]),
            *(round(float(value), 4) for value in probability),
        )
        for tree, critical, index, probability in zip(
            stand.trees,
            stand.critical_gust_ms,
            stand.class_index,
            stand.ceiling.probability,
            strict=True,
        )
    )
    _write_csv(path, columns, rows)


def toml_text(tables: Mapping[str, Mapping[str, str | int | float | bool]]) -> str:
    """Tables of plain values as TOML."""
    lines: list[str] = []
    for name, table in tables.items():
        lines.append(f"[{name}]")
        for key, value in table.items():
            # bool first: it is an int; TOML writes it in lower case. repr of a str is not TOML.
            shown = (
                str(value).lower()
                if isinstance(value, bool)
                else f'"{value}"'
                if isinstance(value, str)
                else repr(value)
            )
            lines.append(f"{key} = {shown}")
        lines.append("")
    return "\n".join(lines)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a table with a header."""
    write_table(path, columns, (dict(zip(columns, row, strict=True)) for row in rows))
