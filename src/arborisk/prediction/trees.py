"""Which tree a photo shows, from a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from arborisk.errors import TableError
from arborisk.tables.choices import TableChoices
from arborisk.tables.role_table import read_role_table
from arborisk.tables.table import clean


def read_tree_ids(path: Path, choices: TableChoices | None = None) -> dict[str, str]:
    """Tree by photo, from a table with columns of photos and trees.

    Args:
        path: Table of any format; a photo is named as in the column ``photo`` of the predictions.
        choices: What the user says of its columns.

    Raises:
        TableError: No table, a column is missing, a row that does not fit, or a photo that stands
            under two trees.
    """
    table = read_role_table(path, choices, needed=("file", "tree"), command="predict")
    for row, why in table.problems.items():
        raise TableError("a whole row", why, table.where(row), "Correct the row.")
    found: dict[str, str] = {}
    rows = zip(table.text("file"), table.text("tree"), strict=True)
    for row, (written, tree) in enumerate(rows):
        file = written.replace("\\", "/")
        if found.setdefault(file, tree) != tree:
            raise TableError(
                "one tree for each photo",
                f"{file!r} under {found[file]!r} and {tree!r}",
                table.where(row),
                "Keep one of the rows.",
            )
    return found


def trees_of_photos(tree_ids: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Tree of each photo by the photo's own name; a table may have its odd spaces cleaned.

    >>> trees_of_photos({"a b.jpg": "T1"}, ["a  b.jpg", "c.jpg"])
    {'a  b.jpg': 'T1'}
    """
    keys = ((name, name if name in tree_ids else clean(name)) for name in names)
    return {name: tree_ids[key] for name, key in keys if key in tree_ids}
