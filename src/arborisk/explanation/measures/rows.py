"""Measures as plain rows: for a table of photos, or for JSON."""

from __future__ import annotations

from arborisk.explanation.measures.records import TreeMeasures
from arborisk.explanation.measures.table import MEASURES

Cell = float | str | None


def column_names() -> tuple[str, ...]:
    """Columns of `measure_row`, in order: what is said, then four for each measure."""
    parts = ("", "_low", "_high", "_why_not")
    named = tuple(kind.name + part for kind in MEASURES for part in parts)
    return ("sentences", *named, "vertical")


def measure_row(measures: TreeMeasures) -> dict[str, Cell]:
    """One photo's measures as a flat row; None where there is no number."""
    row: dict[str, Cell] = {"sentences": " ".join(measures.sentences)}
    for one in measures.measures:
        row[one.name] = one.value
        row[f"{one.name}_low"] = one.low
        row[f"{one.name}_high"] = one.high
        row[f"{one.name}_why_not"] = one.why_not
    row["vertical"] = measures.vertical.found_on or "frame of the photo"
    return row
