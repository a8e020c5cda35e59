"""Which columns of a table of predictions hold numbers; the rest are text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from arborisk.prediction.rows import Row
from arborisk.tables import write

OUT_SUFFIXES = write.FORMATS
NUMBERS = (
    "p_",
    "training_share_",
    "prevalence_",
    "latitude",
    "longitude",
    "priority",
    "n_photos",
    "n_silent",
)
"""Beginnings of the names of columns that hold numbers."""


def write_predictions(out: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Writes all rows or none; photos with a place are points where the format has them.

    Raises:
        OutputError, MissingDependencyError, TableError: See `arborisk.tables.write.write_table`.
    """
    fields = [
        write.Field(name, "number" if name.startswith(NUMBERS) else "text") for name in columns
    ]
    write.write_table(out, fields, rows)
