"""Numbers as people and spreadsheets write them, and whether a table has decimal commas."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from arborisk.tables.table import Cell, clean, is_missing

_MINUS: Final = str.maketrans(
    {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
)
_CURRENCY = re.compile(r"^(?:US|CA|AU|NZ)?[$\u20ac\u00a3] ?(?=\d)|(?<=\d) ?[$\u20ac\u00a3]$")
"""Signs of money before or behind a number, as spreadsheets write costs."""
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+)")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_COMMA = re.compile(r"[+-]?(?:[0-9]+,[0-9]*|,[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_THOUSANDS = {
    mark: re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+(?:{point}[0-9]*)?")
    for mark, point in ((",", r"\."), (".", ","), (" ", "[.,]"), ("'", "[.,]"))
}
_LONGEST: Final = 400
"""Characters above which nothing is a number; the longest double has about 330."""


def read_number(cell: Cell, *, decimal_comma: bool = False) -> float | None:
    """A number, or None where nothing is stated.

    "12,5" is 12.5 everywhere, since no thousands mark is followed by one digit. "1,234" is 1234,
    or 1.234 where the column has a decimal comma; "1.234" is 1.234, or 1234 there: see
    `has_decimal_comma`, which settles a column.

    Args:
        cell: Number or text.
        decimal_comma: Whether the column is written with a decimal comma.

    Raises:
        ValueError: No number, a yes or no, or one that is not finite; says what was found.

    >>> read_number("1,234.5"), read_number("1.234,5"), read_number("1 234"), read_number("-")
    (1234.5, 1234.5, 1234.0, None)
    """
    if isinstance(cell, str):
        return _read_text(cell, decimal_comma)
    if is_missing(cell):
        return None
    if isinstance(cell, bool) or type(cell).__name__ == "bool_":
        raise ValueError(f"{'yes' if cell else 'no'}, where a number belongs")
    if isinstance(cell, int | float | Decimal) or hasattr(cell, "__float__"):
        try:
            value = float(cell)
        except (OverflowError, ValueError, TypeError):
            raise ValueError("a number too large to use") from None
        return _finite(value, cell)
    raise ValueError(f"{shown(cell)}, which is no number")


def has_decimal_comma(cells: Iterable[Cell], *, otherwise: bool = False) -> bool:
    """Whether a column is written with a decimal comma.

    Args:
        cells: Of one column.
        otherwise: Answer where no cell shows which, or cells contradict each other; that of the
            table.

    >>> has_decimal_comma(["1.234", "12,5"]), has_decimal_comma(["52.5234"], otherwise=True)
    (True, False)
    """
    comma = point = False
    for cell in cells:
        if isinstance(cell, str) and ("," in cell or "." in cell):
            found = _mark(cell.strip().translate(_MINUS))
            comma |= found == ","
            point |= found == "."
    return otherwise if comma == point else comma


def _mark(text: str) -> str:
    """The decimal mark that a text can only have, or ""."""
    if _THOUSANDS[","].fullmatch(text):
        return "." if "." in text else ""
    if _THOUSANDS["."].fullmatch(text):
        return "," if "," in text else ""
    if _COMMA.fullmatch(text):
        return ","
    return "." if "." in text and _PLAIN.fullmatch(text) else ""


def _read_text(cell: str, decimal_comma: bool) -> float | None:
    if len(cell) > _LONGEST:
        raise ValueError(f"{shown(cell)}, which is no number")
    text = cell.strip()
    if not (decimal_comma and "." in text) and _PLAIN.fullmatch(text):
        if text.startswith("-999") and is_missing(text):
            return None
        return _finite(float(text), text)
    if is_missing(text):
        return None
    text = clean(text).translate(_MINUS)
    money = _CURRENCY.sub("", text)
    if money != text and _GROUPED.fullmatch(money):  # no money has thousandths
        money = money.replace(".", "").replace(",", "")
    plain = _as_plain(money, decimal_comma)
    if plain is None:
        raise ValueError(f"{shown(cell)}, which is no number")
    return _finite(float(plain), cell)


def _as_plain(text: str, decimal_comma: bool) -> str | None:
    """A number with a decimal point and no thousands marks, or None."""
    if decimal_comma:
        if _THOUSANDS["."].fullmatch(text):
            return text.replace(".", "").replace(",", ".")
        if _COMMA.fullmatch(text):
            return text.replace(",", ".")
    if _THOUSANDS[","].fullmatch(text):
        return text.replace(",", "")
    for mark in (" ", "'"):
        if _THOUSANDS[mark].fullmatch(text):
            return text.replace(mark, "").replace(",", ".")
    if _THOUSANDS["."].fullmatch(text) and ("," in text or text.count(".") > 1):
        return text.replace(".", "").replace(",", ".")
    if _PLAIN.fullmatch(text):
        return text
    return text.replace(",", ".") if _COMMA.fullmatch(text) else None


def _finite(value: float, cell: Cell) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{shown(cell)}, which is not a finite number")
    return value


def shown(cell: Cell) -> str:
    """A cell for a message, cut short.

    >>> shown("a" * 60)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'"
    """
    text = cell if isinstance(cell, str) else str(cell) if not _is_huge(cell) else "a huge number"
    text = text if len(text) <= 40 else f"{text[:40]}..."
    return repr(text) if isinstance(cell, str) else text


def _is_huge(cell: Cell) -> bool:
    """Whether Python refuses to print an integer for its length."""
    return isinstance(cell, int) and cell.bit_length() > 1000


_WITH_COMMA = re.compile(r"[-+]?\d+,\d+\Z")
_WITH_POINT = re.compile(r"[-+]?\d+\.\d+\Z")
_WITH_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[,.]\d{3}\Z")


_N_ROWS_TO_JUDGE = 2_000
NOTE = "Numbers have a decimal comma and are read so."


def table_has_decimal_comma(rows: Sequence[Sequence[Cell]], *, parted_by_commas: bool) -> bool:
    """Whether more numbers have a decimal comma than a decimal point.

    ``1,234`` may be a thousand or one and a bit: it counts only where nothing else does, and only
    for a file whose cells are parted by something else than commas, as programs that write decimal
    commas do.

    Args:
        rows: Rows of the table; the first ones are judged.
        parted_by_commas: Whether the comma parts cells, or nothing does.
    """
    commas = points = unsure = 0
    for row in rows[:_N_ROWS_TO_JUDGE]:
        for cell in row:
            if not isinstance(cell, str):
                continue
            if "," in cell and _WITH_COMMA.match(cell):
                if _WITH_THOUSANDS.match(cell):
                    unsure += 1
                else:
                    commas += 1
            elif "." in cell and _WITH_POINT.match(cell) and not _WITH_THOUSANDS.match(cell):
                points += 1
    if commas or points:
        return commas > points
    return unsure > 0 and not parted_by_commas
