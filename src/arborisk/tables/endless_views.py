"""Views of a GeoPackage, counted before they are read: a view may go on without an end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from arborisk.errors import TableError
from arborisk.tables.limits import MOST_ROWS, check_extent

_N_STEPS_BETWEEN = 100_000
_MOST_CALLS = 1_000
"""Of 100,000 steps each of SQLite's machine: a second or two of work."""


def check_views(path: Path) -> None:
    """Refuses a file of which a view has more rows than a table may hold.

    A table can have no more rows than its file has room for; a view can repeat itself for ever,
    and GDAL looks into each as it opens the file.

    Args:
        path: GeoPackage.

    Raises:
        TableError: Too many rows, or so much work that there may be no end.
    """
    calls = 0

    def is_too_long() -> bool:
        nonlocal calls
        calls += 1
        return calls > _MOST_CALLS

    uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
        database.set_progress_handler(is_too_long, _N_STEPS_BETWEEN)
        for (view,) in found:
            name = view.replace('"', '""')
            few = f'SELECT 1 FROM "{name}" LIMIT {MOST_ROWS + 1}'
            try:
                (n_rows,) = database.execute(f"SELECT COUNT(*) FROM ({few})").fetchone()
            except sqlite3.OperationalError as error:
                if calls <= _MOST_CALLS:
                    continue  # a view of functions that only a GIS has; GDAL will say so
                raise TableError(
                    "layers with an end",
                    "a view that is still going on after some seconds",
                    f"{path.name}:{view}",
                    "Export the layer that you need into a file of its own.",
                ) from error
            check_extent(f"{path.name}:{view}", n_rows, 1)
