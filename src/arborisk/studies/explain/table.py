"""Explanations as a table, one row a photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arborisk.explanation.measures.table import MEASURES
from arborisk.explanation.parts.part_map import PARTS
from arborisk.explanation.photo_record import PhotoExplanation
from arborisk.tables.write import write_table

TABLE = "explanations.csv"


def table_columns(n_nearest: int) -> list[str]:
    """Columns of the table.

    Args:
        n_nearest: Labelled photos beside each.
    """
    return [
        *("photo", "failure", "sentences", "question", "score"),
        *(f"{kind}_{part}" for part in PARTS for kind in ("share", "area")),
        *(
            f"{kind.name}{end}"
            for kind in MEASURES
            for end in ("", "_low", "_high", "_remark", "_why_not")
        ),
        *(
            f"nearest_{number}_{what}"
            for number in range(1, n_nearest + 1)
            for what in ("photo", "label", "distance")
        ),
    ]


def write_explanations(
    folder: Path, explanations: Sequence[PhotoExplanation], n_nearest: int
) -> Path:
    """Writes FOLDER/explanations.csv whole; what does not apply is empty.

    Args:
        folder: Folder of the explanations.
        explanations: One row each.
        n_nearest: Labelled photos beside each.
    """
    path = folder / TABLE
    write_table(path, table_columns(n_nearest), map(_row, explanations))
    return path


def _row(one: PhotoExplanation) -> dict[str, str]:
    """A photo's row."""
    if one.failure is not None:
        return {"photo": one.photo, "failure": one.failure.message}
    row = {"photo": one.photo, "question": one.question, "score": f"{one.score:.4f}"}
    for share in one.shares:
        row[f"share_{share.part}"] = _number(share.share)
        row[f"area_{share.part}"] = _number(share.area)
    for measure in one.measures:
        row |= {
            measure.name: _number(measure.value),
            f"{measure.name}_low": _number(measure.low),
            f"{measure.name}_high": _number(measure.high),
            f"{measure.name}_remark": measure.remark,
            f"{measure.name}_why_not": measure.why_not,
        }
    row["sentences"] = " ".join(one.sentences)
    for number, near in enumerate(one.neighbours, start=1):
        row |= {
            f"nearest_{number}_photo": near.photo,
            f"nearest_{number}_label": near.label,
            f"nearest_{number}_distance": _number(near.distance),
        }
    return row


def _number(value: float | None) -> str:
    """Four decimals, or nothing."""
    return "" if value is None else f"{value:.4f}"
