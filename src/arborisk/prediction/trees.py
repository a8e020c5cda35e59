"""Which tree a photo shows, from a small CSV."""

from __future__ import annotations

import csv
from pathlib import Path

from arborisk.errors import SettingsError


def read_tree_ids(path: Path) -> dict[str, str]:
    """Tree by photo, from a CSV with the columns ``file`` and ``tree``.

    Args:
        path: The CSV; ``file`` as in the column ``photo`` of the predictions.

    Raises:
        SettingsError: No such file, not a CSV in UTF-8, a column is missing, or a photo stands
            under two trees.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [
                (row["file"].strip().replace("\\", "/"), (row["tree"] or "").strip())
                for row in csv.DictReader(stream)
            ]
    except (OSError, KeyError, AttributeError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            "a CSV in UTF-8 with the columns file and tree",
            f"{type(error).__name__}: {error}",
            str(path),
            "Write these two columns, or leave out --trees.",
        ) from error
    found: dict[str, str] = {}
    for file, tree in rows:
        if found.setdefault(file, tree) != tree:
            raise SettingsError(
                "one tree for each photo",
                f"{file!r} under {found[file]!r} and {tree!r}",
                str(path),
                "Keep one of the rows.",
            )
    return found
