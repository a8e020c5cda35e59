"""Columns of words, dates and text; dates as people, spreadsheets and servers write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Generic, Literal, TypeVar

from arborisk.scales import Scale
from arborisk.tables.choices import TableChoices
from arborisk.tables.column import Column, cells_of
from arborisk.tables.numbers import shown
from arborisk.tables.rating_words import RatingWordError, WordReading, read_word
from arborisk.tables.table import Cell, Table, clean, fold, is_missing

T = TypeVar("T")
L = TypeVar("L", bound=Scale)


@dataclass(frozen=True, slots=True, eq=False)
class ReadColumn(Generic[T]):
    """Cells of a role, read.

    Attributes:
        values: One a row; None where a cell says nothing or cannot be read.
        problems: Index of a row to why its cell cannot be read.
    """

    values: Sequence[T | None]
    problems: Mapping[int, str]


def texts(cells: Sequence[Cell]) -> list[str]:
    """Cells as a person reads them.

    >>> texts([12.0, None, True, date(2024, 5, 1), "Oak"])
    ['12', '', 'true', '2024-05-01', 'Oak']
    """
    return [
        cell if type(cell) is str else "" if cell is None else cell_text(cell) for cell in cells
    ]


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it: 12, not 12.0; dates in ISO form; "" where empty."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def word_column(
    table: Table,
    columns: Mapping[str, Column],
    choices: TableChoices,
    role: str,
    scale: type[L],
) -> ReadColumn[WordReading[L]]:
    """Words of a scale; all None without a column.

    Words that the user maps are put in their place first.
    """
    column = columns.get(role)
    if column is None:
        return ReadColumn([None] * len(table), {})
    mapped = {fold(word): label for word, label in choices.words.items()}

    def read(cell: Cell) -> WordReading[L]:
        if isinstance(cell, str):
            cell = mapped.get(fold(cell), cell)
        try:
            return read_word(scale, cell, codes=column.codes or None)
        except RatingWordError as error:
            raise ValueError(
                f"{column.header}: one of {error.expected}: found {error.found}. {error.remedy}"
            ) from error

    return _read_column(cells_of(table, column), read)


def date_column(cells: Sequence[Cell]) -> ReadColumn[date]:
    """Days; their order of day and month is told from the column as a whole."""
    order = order_of(cells)
    return _read_column(cells, lambda cell: read_date(cell, order=order))


def _read_column(cells: Sequence[Cell], read: Callable[[Cell], T | None]) -> ReadColumn[T]:
    """Each different cell is read once."""
    known: dict[object, T | None] = {}
    wrong: dict[object, str] = {}
    values: list[T | None] = []
    problems: dict[int, str] = {}
    for row, cell in enumerate(cells):
        key = cell if isinstance(cell, str) else (type(cell), repr(cell))
        if key not in known:
            try:
                known[key] = read(cell)
            except ValueError as error:
                known[key], wrong[key] = None, str(error)
        if key in wrong:
            problems[row] = wrong[key]
        values.append(known[key])
    return ReadColumn(values, problems)


Order = Literal["dmy", "mdy", "ymd", ""]
"""Which of day, month and year comes first in dates of numbers; "" where cells do not tell."""

_TIME = re.compile(
    r"[T ,]+\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:z|utc|gmt)?(?:[+-]\d{2}:?\d{0,2})?$|T\d{4,6}z?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,4})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{1,4})")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NAMED = re.compile(
    r"(\d{1,4})?(?:st|nd|rd|th)?[-. /]*([^\W\d_]{3,10})\.?[-. /]*(\d{1,4})(?:st|nd|rd|th)?"
    r"(?:,?\s*-?(\d{4}))?"
)
_MONTHS: Final = (
    "jan january januar janvier enero gennaio januari janeiro ene genn",
    "feb february februar f\u00e9vrier fevrier febrero febbraio februari fevereiro fev febr",
    "mar march m\u00e4rz maerz mars marzo maart mar\u00e7o mrz mrt",
    "apr april avril abril aprile avr abr",
    "may mai mayo maggio mei maio mag",
    "jun june juni juin junio giugno junho giu",
    "jul july juli juillet julio luglio julho lug juil",
    "aug august ao\u00fbt aout agosto augustus ago",
    "sep sept september septembre septiembre settembre setembro set",
    "oct october oktober octobre octubre ottobre outubro okt ott out",
    "nov november novembre noviembre novembro",
    "dec december dezember d\u00e9cembre decembre diciembre dicembre dezembro dez d\u00e9c dic",
)
_MONTH: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_EXCEL_START: Final = date(1899, 12, 30)
_SERIALS: Final = range(20_000, 80_000)
"""Excel serials from 1954 to 2119; smaller numbers are years or counts."""
_SECONDS: Final = 4_000_000_000
"""Below this a number of 9 or 10 digits counts seconds since 1970, above it milliseconds (Esri)."""
_LONGEST: Final = 60


def read_date(cell: Cell, *, order: Order = "") -> date | None:
    """The day that a cell names, or None where it says nothing. Times of day are passed over.

    Args:
        cell: Text, date, time, an Excel serial, or milliseconds since 1970 as Esri writes them.
        order: Of dates in numbers, from `order_of` its column.

    Raises:
        ValueError: No date, an impossible one, or one that could be two days (3/4/2024).

    >>> read_date("3 Apr 2024"), read_date("3/4/2024", order="mdy")
    (datetime.date(2024, 4, 3), datetime.date(2024, 3, 4))
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if is_missing(cell):
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError(f"{shown(cell)}, which is no date")
    try:
        found = _from_number(cell) if not isinstance(cell, str) else _from_text(cell, order)
    except (ValueError, OverflowError) as error:
        reason = str(error) if str(error).startswith("could be") else "is no date"
        raise ValueError(f"{shown(cell)}, which {reason}") from None
    return found


def order_of(cells: Iterable[Cell]) -> Order:
    """The order of day, month and year that the cells of a column show.

    >>> order_of(["3/4/2024", "25/4/2024"]), order_of(["3/4/2024"])
    ('dmy', '')
    """
    seen: set[Order] = set()
    for cell in cells:
        if isinstance(cell, str) and len(cell) <= _LONGEST:
            found = _NUMBERS.fullmatch(_day_of(cell))
            if found is None:
                continue
            first, middle = int(found[1]), int(found[3])
            if len(found[1]) == 4:
                seen.add("ymd")
            elif 12 < first <= 31 and middle <= 12:
                seen.add("dmy")
            elif 12 < middle <= 31 and first <= 12:
                seen.add("mdy")
    return seen.pop() if len(seen) == 1 else ""


def _day_of(text: str) -> str:
    return _WEEKDAY.sub("", _TIME.sub("", clean(text)))


def _from_text(cell: str, order: Order) -> date:
    if len(cell) > _LONGEST:
        raise ValueError
    text = _day_of(cell)
    compact = _COMPACT.fullmatch(text)
    if compact:
        return date(int(compact[1]), int(compact[2]), int(compact[3]))
    if text.replace(".", "", 1).lstrip("-").isdecimal():
        return _from_number(float(text))
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        return _from_numbers(numbers, order)
    named = _NAMED.fullmatch(text.casefold())
    if named is None:
        raise ValueError
    month = _MONTH.get(named[2], 0)
    if not named[1]:  # April 3, 2024
        return date(_year(named[4] or ""), month, int(named[3]))
    if named[4]:
        raise ValueError
    if len(named[1]) == 4:  # 2024-Apr-03
        return date(int(named[1]), month, int(named[3]))
    return date(_year(named[3]), month, int(named[1]))


def _from_numbers(found: re.Match[str], order: Order) -> date:
    mark, parts = found[2], [found[1], found[3], found[4]]
    if len(parts[0]) == 4 or (order == "ymd" and len(parts[2]) <= 2):
        return date(_year(parts[0]), int(parts[1]), int(parts[2]))
    year, first, second = _year(parts[2]), int(parts[0]), int(parts[1])
    if mark == "." and order != "mdy":  # 3.4.2024 is written by those who begin with the day
        return date(year, second, first)
    if first > 12 or (order == "dmy" and second <= 12):
        return date(year, second, first)
    if second > 12 or order == "mdy" or first == second:
        return date(year, first, second)
    raise ValueError(
        f"could be {date(year, second, first).isoformat()} or "
        f"{date(year, first, second).isoformat()}: write it as year-month-day"
    )


def _year(text: str) -> int:
    """A year of four digits, or of two in this century: inspections are not older."""
    if len(text) not in (2, 4):
        raise ValueError
    return int(text) + (2000 if len(text) == 2 else 0)


def _from_number(value: float) -> date:
    if float(value).is_integer() and (match := _COMPACT.fullmatch(str(int(value)))):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if int(value) in _SERIALS:
        return _EXCEL_START + timedelta(days=int(value))
    if 100_000_000 <= abs(value) < 1e14:
        seconds = value if abs(value) < _SECONDS else value / 1000
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()
    raise ValueError
