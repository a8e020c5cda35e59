"""Columns to write, and their cells in the few types that every format can hold."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Literal

import numpy as np

from arborisk.tables.table import Cell

Kind = Literal["any", "text", "number", "whole", "flag", "time", "instant", "date", "nested"]
Row = Mapping[str, Cell]
Place = tuple[str, str]
"""Names of the cells with longitude and latitude in degrees (WGS 84)."""
LARGEST_WHOLE = 2**63 - 1
"""Largest whole number of 64 bits; a column with a larger one is text."""
LARGEST_EXACT = 2**53
"""Largest whole number that a floating-point number, and so a spreadsheet, keeps exactly."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table to be written.

    Attributes:
        name: Its header.
        kind: Type of its cells. ``any`` is found from the cells where a format needs to know:
            the type that they all have, else text. A ``time`` has no zone, an ``instant`` has.
    """

    name: str
    kind: Kind = "any"


def as_fields(fields: Iterable[Field | str]) -> list[Field]:
    """Fields, a bare name being one of any kind."""
    return [Field(one) if isinstance(one, str) else one for one in fields]


def plain(cell: Cell) -> Cell:
    """A cell as None, text, number, truth value, time, list or mapping.

    Arrays and their numbers become Python's, NaN and infinity None. Text loses what no format
    can hold: NUL, and bytes that are no text.
    """
    kind = type(cell)
    if kind is str:
        return _text(cell)
    if kind is float:
        return cell if isfinite(cell) else None
    if cell is None or kind in (int, bool, datetime, date):
        return cell
    if isinstance(cell, np.generic | np.ndarray):
        return plain(cell.tolist())
    if isinstance(cell, Mapping):
        return {str(name): _json_ready(plain(one)) for name, one in cell.items()}
    if isinstance(cell, list | tuple):
        return [_json_ready(plain(one)) for one in cell]
    if isinstance(cell, Decimal):
        return plain(float(cell))
    if isinstance(cell, Enum):
        return plain(cell.value)
    return _text(cell.isoformat() if isinstance(cell, time) else str(cell))


def as_text(cell: Cell) -> str:
    """A plain cell as text: ISO 8601 times, ``true`` and ``false``, nested values as JSON."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, list | dict):
        return as_json(cell)
    return repr(cell)


def as_json(value: object) -> str:
    """JSON on one line; times inside it as text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=as_text)


def kind_of(cells: Iterable[Cell]) -> Kind:
    """The kind that all plain cells have; text where they have none in common."""
    found = {_kind(cell) for cell in cells if cell is not None}
    if len(found) == 1:
        return found.pop()
    return "number" if found == {"number", "whole"} else "text"


def _kind(cell: Cell) -> Kind:
    if isinstance(cell, bool):
        return "flag"
    if isinstance(cell, int):
        return "whole" if abs(cell) <= LARGEST_WHOLE else "text"
    if isinstance(cell, float):
        return "number"
    if isinstance(cell, datetime):
        return "time" if cell.tzinfo is None else "instant"
    if isinstance(cell, date):
        return "date"
    return "nested" if isinstance(cell, list | dict) else "text"


def _json_ready(cell: Cell) -> Cell:
    return as_text(cell) if isinstance(cell, datetime | date) else cell


def _text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def point_of(row: Row, place: Place | None) -> tuple[float, float] | None:
    """Longitude and latitude; None where there is none on Earth."""
    if place is None:
        return None
    try:
        longitude, latitude = (float(row[name]) for name in place)
    except (KeyError, TypeError, ValueError):
        return None
    on_earth = isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    return (longitude, latitude) if on_earth else None


def point_binary(point: tuple[float, float] | None) -> bytes | None:
    """A point as well-known binary, little-endian.

    Source: OGC Simple Features 1.2.1, section 8.2.
    """
    return None if point is None else struct.pack("<BIdd", 1, 1, *point)
