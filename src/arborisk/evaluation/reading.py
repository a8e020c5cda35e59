"""Reading the text files of a run folder, with errors that say what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arborisk.errors import DatasetError
from arborisk.tables.write import exact_rows
from arborisk.wording.counts import counted

RETRAIN = "Run `arborisk train` again, or restore the file."


def read_rows(path: Path, columns: Sequence[str], *, remedy: str = RETRAIN) -> list[dict[str, str]]:
    """Rows of a CSV file that must hold certain columns.

    Args:
        path: The file.
        columns: Columns that must be there; others are read as well.
        remedy: What to do when it cannot be read.

    Raises:
        DatasetError: The file is missing, lacks a column, or a row is too short; says which.
    """
    try:
        rows = exact_rows(read_text(path, remedy=remedy))
    except ValueError as error:
        raise DatasetError("a CSV file", str(error), str(path), remedy) from error
    header = rows[0] if rows else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise DatasetError(
            f"the columns {', '.join(columns)}", f"none named {missing}", str(path), remedy
        )
    body = rows[1:]
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise DatasetError(
                f"{counted(len(header), 'cell')}", f"{len(row)}", f"{path}, line {number}", remedy
            )
    return [dict(zip(header, row, strict=True)) for row in body]


def read_text(path: Path, *, remedy: str = RETRAIN) -> str:
    """Text of a file of a run folder.

    Args:
        path: The file.
        remedy: What to do when it cannot be read.

    Raises:
        DatasetError: The file is missing or is no text; says what to do.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetError(
            f"a file {path.name}", "no such file", str(path.parent), remedy
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        raise DatasetError("text in UTF-8", str(error), str(path), remedy) from error
