"""Coordinates of one axis: plain numbers, or degrees, minutes and seconds with a letter."""

from __future__ import annotations

import re
from typing import Final, Literal

from arborisk.tables.numbers import read_number
from arborisk.tables.table import Cell
from arborisk.tables.units import plain_marks

Axis = Literal["east", "north"]
_PART = r"(\d+(?:[.,]\d+)?)"
_DEGREES = re.compile(
    rf"([NSEW]?)\s*([+-]?){_PART}\s*(?:(?:\N{{DEGREE SIGN}}|deg|d|:|\s)\s*)?"
    rf"(?:{_PART}\s*(?:'|min|m|:|\s)?\s*)?(?:{_PART}\s*(?:\"|sec|s)?\s*)?([NSEW]?)",
    re.IGNORECASE,
)
_LETTERS: Final = {"east": "EW", "north": "NS"}
_FULL: Final = 60.0


def read_coordinate(cell: Cell, axis: Axis, *, decimal_comma: bool = False) -> float | None:
    r"""A coordinate; None where missing.

    Args:
        cell: A number, or degrees with minutes, seconds and a letter N, S, E or W. The letter O is
            not read: it is west in Spanish and French, and east in German.
        axis: What the column holds.
        decimal_comma: See `arborisk.tables.numbers.read_number`.

    Raises:
        ValueError: Neither; minutes or seconds of 60 or more; a letter of the other axis.

    >>> read_coordinate("42\N{DEGREE SIGN} 22' 12\" N", "north"), read_coordinate("72.52 W", "east")
    (42.37, -72.52)
    """
    try:
        return read_number(cell, decimal_comma=decimal_comma)
    except ValueError:
        found = _DEGREES.fullmatch(plain_marks(cell).strip()) if isinstance(cell, str) else None
        if found is None:
            raise
    before, sign, *parts, behind = found.groups()
    letter = (before or behind or "").upper()
    whole, *smaller = (float((part or "0").replace(",", ".")) for part in parts)
    if max(smaller) >= _FULL or (letter and sign):
        raise ValueError(f"{cell!r} is no place in degrees, minutes and seconds")
    if letter and letter not in _LETTERS[axis]:
        raise ValueError(f"{cell!r} is of the other axis")
    value = whole + smaller[0] / _FULL + smaller[1] / _FULL**2
    return -value if letter in ("S", "W") or sign == "-" else value
