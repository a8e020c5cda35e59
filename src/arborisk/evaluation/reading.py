"""Reading the text files of a run folder, with errors that say what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from arborisk.errors import DatasetError

RETRAIN = "Run `arborisk train` again, or restore the file."


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file that must hold certain columns.

    Raises:
        DatasetError: The file is missing, lacks a column, or a row is too short; says which.
    """
    rows = list(csv.reader(io.StringIO(read_text(path), newline="")))
    header = rows[0] if rows else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise DatasetError(
            f"the columns {', '.join(columns)}", f"none named {missing}", str(path), RETRAIN
        )
    body = [row for row in rows[1:] if row]
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise DatasetError(
                f"{len(header)} cells", f"{len(row)}", f"{path}, line {number}", RETRAIN
            )
    return [dict(zip(header, row, strict=True)) for row in body]


def read_text(path: Path) -> str:
    """Text of a file of a run folder.

    Raises:
        DatasetError: The file is missing or is no text; says what to do.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetError("a run folder", f"no {path.name}", str(path.parent), RETRAIN) from error
    except (UnicodeDecodeError, OSError) as error:
        raise DatasetError("text in UTF-8", str(error), str(path), RETRAIN) from error
