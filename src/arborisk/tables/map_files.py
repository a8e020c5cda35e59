"""Features of a map file: GeoPackage, shapefile, FlatGeobuf and what else GDAL reads."""

from __future__ import annotations

import math
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from arborisk.errors import ArboriskError, MissingDependencyError, TableError
from arborisk.tables.rating_words import mentions_imminent
from arborisk.tables.table import (
    MOST_ROWS,
    Cell,
    RefusedCellError,
    Table,
    check_bytes,
    check_extent,
    text_cell,
    unique_headers,
)

_BEGINS = {
    ".gpkg": (b"SQLite format 3\0",),
    ".fgb": (b"fgb\x03",),
    ".shp": (b"\0\0\x27\x0a",),
    ".zip": (b"PK",),
    ".kml": (b"<", b"\xef\xbb\xbf<"),
}
"""First bytes of each format: a file that begins otherwise is not given to GDAL, which would open
it as whatever it seems to be."""
ENDINGS = (*_BEGINS, ".gdb")
_MOST_WARNINGS = 3


def read_map(path: Path, layer: str | None) -> Table:
    """Reads one layer; properties keep their types, shapes come as well-known binary.

    Args:
        path: GeoPackage, shapefile (``.shp``, or all of its files in a ``.zip``), FlatGeobuf, KML
            or a folder ``.gdb``.
        layer: Layer; None for its only one, or for the only one with points, lines or areas.

    Raises:
        TableError: Damaged, another format, no such layer, several where none is named, too large.
        MissingDependencyError: pyogrio is not installed.
    """
    try:
        import pyogrio
    except ImportError as error:
        raise MissingDependencyError("pyogrio", "geo", f"map files such as {path.name}") from error
    _check_begin(path)
    with (
        plain_path(path) as plain,
        _damage_in_a_sentence(path, plain),
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        if path.suffix.lower() == ".gpkg":
            check_views(path)
        layers = {str(name): kind for name, kind in pyogrio.list_layers(plain)}
        chosen = _chosen(path, layers, layer)
        about, features, shapes, columns = _read(plain, chosen)
    n_rows = len(features)
    check_extent(path.name, n_rows, len(columns))
    if not n_rows:
        raise TableError("one feature or more", "none", f"{path.name}:{chosen}", "Check the file.")
    headers, notes = unique_headers([str(name) for name in about["fields"]])
    kinds = zip(columns, about["dtypes"], about["ogr_types"], about["ogr_subtypes"], strict=True)
    problems: dict[int, str] = {}
    cells = [_cells(column, ogr, sub, problems) for column, _, ogr, sub in kinds]
    rows: list[tuple[Cell, ...]] = list(zip(*cells, strict=True)) if cells else [()] * n_rows
    urgent = frozenset(row for row in problems if any(map(mentions_imminent, rows[row])))
    for index in problems:
        rows[index] = (None,) * len(headers)
    said = dict.fromkeys(str(one.message)[:200] for one in warned)
    return Table(
        f"{path.name}:{chosen}" if len(layers) > 1 else path.name,
        headers,
        rows,
        range(1, n_rows + 1),
        "feature",
        problems,
        None if shapes is None else [None if one is None else bytes(one) for one in shapes],
        str(about["crs"] or "") if shapes is not None else "",
        notes=(*notes, *list(said)[:_MOST_WARNINGS]),
        urgent=urgent,
    )


def _read(path: Path, layer: str) -> tuple[Any, Sequence[int], Any, Any]:
    """What GDAL says of a layer, numbers of its features, their shapes, and columns of values."""
    from pyogrio import raw

    def read(encoding: str | None) -> tuple[Any, Sequence[int], Any, Any]:
        found = raw.read(
            path,
            layer=layer,
            encoding=encoding,
            max_features=MOST_ROWS + 1,
            return_fids=True,
            datetime_as_string=True,
        )
        return found[0], found[1], found[2], found[3]

    try:
        return read(None)
    except UnicodeDecodeError:  # a shapefile that does not say how its text is written
        return read("cp1252")


def _check_begin(path: Path) -> None:
    ending = path.suffix.lower()
    if ending == ".gdb":
        return
    with path.open("rb") as stream:
        begin = stream.read(16)
    check_bytes(path.name, path.stat().st_size)
    if not begin.startswith(_BEGINS[ending]):
        raise TableError(
            f"a map file {ending}", "another format", path.name, "Export the layer again."
        )


@contextmanager
def _damage_in_a_sentence(path: Path, plain: Path) -> Iterator[None]:
    """Turns what GDAL and SQLite raise for a damaged file into one sentence."""
    import sqlite3

    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

    try:
        yield
    except ArboriskError:
        raise
    except (
        *(DataLayerError, DataSourceError, FeatureError, GeometryError, sqlite3.Error),
        *(ValueError, OSError, RuntimeError, OverflowError, MemoryError),
    ) as error:
        found = str(error).replace(str(plain), path.name).replace("/vsizip/", "")[:300]
        raise TableError("a map file", found, path.name, "Export the layer again.") from error


def _chosen(path: Path, layers: dict[str, object], layer: str | None) -> str:
    if layer is None:
        # Files of inventories hold lists of words beside the layer of trees: layers without shapes.
        with_shapes = [name for name, kind in layers.items() if kind is not None]
        candidates = with_shapes or list(layers)
        if len(candidates) == 1:
            return candidates[0]
    elif layer in layers:
        return layer
    raise TableError(
        "one layer" if layer is None else f"a layer named {layer!r}",
        f"the layers {', '.join(layers)}" if layers else "no layer",
        path.name,
        f"Name one: {path.name}:{next(iter(layers))}." if layers else "Export the layer again.",
    )


def _cells(column: Any, kind: str, subkind: str, problems: dict[int, str]) -> list[Cell]:  # noqa: ANN401
    """Values as Python keeps them; a text that cannot be a cell names its row."""
    values: list[Cell] = column.tolist()
    if kind in ("OFTInteger", "OFTInteger64"):
        # A column of whole numbers in which one is missing comes as decimal numbers.
        whole = bool if subkind == "OFSTBoolean" else int
        return [None if _is_nan(value) else whole(value) for value in values]
    if kind == "OFTReal":
        return [None if _is_nan(value) else value for value in values]
    if kind in ("OFTDate", "OFTDateTime"):
        return [_time(value, whole_day=kind == "OFTDate") for value in values]
    if kind == "OFTString":
        for index, value in enumerate(values):
            try:
                values[index] = text_cell(value) if isinstance(value, str) else value
            except RefusedCellError as error:
                problems[index] = str(error)
    return values


def _time(value: Cell, *, whole_day: bool) -> Cell:
    """A day or time of a layer; a text that is none stays as it is."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return found.date() if whole_day and isinstance(found, datetime) else found


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


_BORDER = "!"


@contextmanager
def plain_path(path: Path) -> Iterator[Path]:
    """The same file under a name without ``!``, for as long as it is needed.

    Without this, reading ``oaks!.gpkg`` reads ``.gpkg`` of the working folder, and writing below
    a folder with such a name writes there.

    Args:
        path: File or folder to read, or file to write.

    Yields:
        The path itself; or one through links in a temporary folder, which is then removed.
    """
    path = path.absolute()
    if _BORDER not in str(path):
        yield path
        return
    with TemporaryDirectory(prefix="arborisk-") as folder:
        if _BORDER not in path.name:
            linked = Path(folder) / "folder"
            linked.symlink_to(path.parent, target_is_directory=True)
            yield linked / path.name
            return
        for part in path.parent.glob(f"{_quoted(path.stem)}.*"):  # a shapefile is several files
            (Path(folder) / _without(part.name)).symlink_to(part)
        yield Path(folder) / _without(path.name)


def _without(name: str) -> str:
    return name.replace(_BORDER, "_")


def _quoted(text: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)


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
