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
        SettingsError: No such file, not a CSV in UTF-8, or a column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [(row["file"], row["tree"]) for row in csv.DictReader(stream)]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            "a CSV in UTF-8 with the columns file and tree",
            f"{type(error).__name__}: {error}",
            str(path),
            "Write these two columns, or leave out --trees.",
        ) from error
    return {file.replace("\\", "/"): tree or "" for file, tree in rows}
