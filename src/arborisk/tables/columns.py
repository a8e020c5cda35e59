"""Which column of a table holds what, in which unit, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Final

from arborisk.errors import Remedy, TableError, option
from arborisk.tables.choices import TableChoices
from arborisk.tables.column import Column
from arborisk.tables.crosswalks import Crosswalk, crosswalk_of
from arborisk.tables.fills import filled
from arborisk.tables.numbers import read_number
from arborisk.tables.table import Cell, Table, fold, is_missing
from arborisk.tables.units import unit_in_header
from arborisk.tables.vocabulary import HOW, HeaderFit, Role, fits_of, key_of, role_of, vocabulary
from arborisk.wording.counts import listed

_WHY = {
    "name": "by its name",
    "cut": "by its name, cut short",
    "phrase": "by words in its name",
    "weak": "no better column",
}


@dataclass(frozen=True, slots=True)
class Columns(Mapping[str, Column]):
    """Columns by role.

    Attributes:
        by_role: The columns.
        crosswalk: Crosswalk that was used, or None.
        notes: Sentences on what was chosen between.
    """

    by_role: Mapping[str, Column]
    crosswalk: Crosswalk | None
    notes: tuple[str, ...]

    def __getitem__(self, role: str) -> Column:
        return self.by_role[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_role)

    def __len__(self) -> int:
        return len(self.by_role)


def find_columns(
    table: Table, choices: TableChoices | None = None, roles: Iterable[str] | None = None
) -> Columns:
    """Finds the column of each role.

    What the user chose wins; then what a crosswalk says; then names, names cut short, and names
    that may mean something else. A header has one meaning.

    Args:
        table: The table.
        choices: What the user says of it.
        roles: Roles that are looked for, the first of two winning a header that fits both; None
            for all.

    Raises:
        TableError: A chosen header is not there.
    """
    choices = choices or TableChoices()
    wanted = list(vocabulary()) if roles is None else list(dict.fromkeys(roles))
    crosswalk = crosswalk_of(table.headers, choices.crosswalk)
    search = _Search(table, wanted)
    for role, header in choices.columns.items():
        if role in wanted:
            search.choose(role, header)
    if crosswalk is not None:
        search.follow(crosswalk)
    for how in HOW:
        search.recognise(how)
    found = {
        role: _with_unit(table, choices, crosswalk, role, *search.found[role])
        for role in wanted
        if role in search.found
    }
    found, notes = filled(table, found, choices, wanted)
    return Columns(found, crosswalk, (*search.notes, *notes))


class _Search:
    """Columns as they are found."""

    def __init__(self, table: Table, wanted: list[str]) -> None:
        self.table, self.wanted = table, wanted
        self.found: dict[str, tuple[int, str]] = {}
        self.left_out: set[str] = set()
        self.notes: list[str] = []
        self._fits = [fits_of(header) for header in table.headers]

    def _taken(self) -> set[int]:
        return {index for index, _ in self.found.values()}

    def choose(self, role: str, header: str) -> None:
        """Takes the column that the user named."""
        if header:
            self.found[role] = (index_of(self.table, header, role), "chosen")
        else:
            self.left_out.add(role)

    def follow(self, crosswalk: Crosswalk) -> None:
        """Takes the columns that a crosswalk names."""
        places = {key_of(header): index for index, header in enumerate(self.table.headers)}
        for role, header in crosswalk.columns.items():
            index = places.get(key_of(header))
            free = index is not None and index not in self._taken()
            if free and self._open(role):
                assert index is not None
                self.found[role] = (index, f"crosswalk {crosswalk.name}")

    def _open(self, role: str) -> bool:
        return role in self.wanted and role not in self.found and role not in self.left_out

    def recognise(self, how: str) -> None:
        """Takes columns whose headers fit so surely."""
        taken = self._taken()
        claims: dict[str, list[tuple[int, int]]] = {}
        for index, fits in enumerate(self._fits):
            if index in taken:
                continue
            here = [fit for fit in fits if fit.how == how and fit.role in self.wanted]
            if how == "weak" and "file" in self.found:
                # The rows are photos: their own numbers are no numbers of trees.
                here = [fit for fit in here if fit.role != "tree"]
            role = self._meant(index, here, how)
            if role:
                rank = next(fit.rank for fit in here if fit.role == role)
                claims.setdefault(role, []).append((rank, index))
        for role, fitting in claims.items():
            if not self._open(role):
                continue
            fitting.sort()
            first, *others = (index for _, index in fitting)
            self.found[role] = (first, _WHY[how])
            if others and how != "weak":
                headers = self.table.headers
                self.notes.append(
                    f"{headers[first]!r} is taken for the {role.replace('_', ' ')}; "
                    f"{', '.join(repr(headers[one]) for one in others)} could be it too."
                )

    def _meant(self, index: int, fits: list[HeaderFit], how: str) -> str:
        """The one role that a header stands for, or ""."""
        cells = [row[index] for row in self.table.rows[:_N_ROWS_TO_JUDGE]]
        several = len({fit.role for fit in self._fits[index] if fit.role in self.wanted}) > 1
        good = [
            fit.role
            for fit in fits
            if self._open(fit.role)
            and cells_fit(role_of(fit.role), cells, sure=how == "name" and not several)
        ]
        if how == "cut" and len(good) > 1:
            return ""
        return min(good, key=self.wanted.index, default="")


_N_ROWS_TO_JUDGE = 500
"""Rows by whose cells a header of several roles is told."""


def _with_unit(
    table: Table,
    choices: TableChoices,
    crosswalk: Crosswalk | None,
    role: str,
    index: int,
    why: str,
) -> Column:
    header = table.headers[index]
    codes = choices.codes.get(role) or (crosswalk.codes.get(role) if crosswalk else None) or {}
    fit = next((one for one in fits_of(header) if one.role == role), None)
    stated = (
        (choices.units.get(role, ""), "stated"),
        (fit.unit if fit else _unit_of(header, role), "header"),
        (_crosswalk_unit(crosswalk, role, header), f"crosswalk {crosswalk and crosswalk.name}"),
    )
    unit, said_by = next(((unit, by) for unit, by in stated if unit), ("", ""))
    return Column(role, index, header, unit, said_by, codes, why)


def _unit_of(header: str, role: str) -> str:
    """Unit in the header of a column that the user chose."""
    from arborisk.tables.units import UNITS

    unit, entry = unit_in_header(header), role_of(role)
    return unit if entry and unit and UNITS[unit].dimension == entry.dimension else ""


def _crosswalk_unit(crosswalk: Crosswalk | None, role: str, header: str) -> str:
    """Its unit holds for the column that it names, and no other."""
    if crosswalk is None or key_of(crosswalk.columns.get(role, "")) != key_of(header):
        return ""
    return crosswalk.units.get(role, "")


def index_of(table: Table, header: str, role: str) -> int:
    """Place of a header that the user named.

    Raises:
        TableError: Not there; lists the headers seen.
    """
    for same in (str, fold, key_of):
        hits = [index for index, one in enumerate(table.headers) if same(one) == same(header)]
        if hits:
            return hits[0]
    near = get_close_matches(header, table.headers, n=1)
    question = f"Did you mean {near[0]!r}? " if near else ""
    raise TableError(
        f"a column {header!r} for the {role.replace('_', ' ')}",
        f"the headers {headers_text(table.headers)}",
        table.source,
        f"{question}Choose one of these headers.",
    )


def need(table: Table, columns: Collection[str], *roles: str, purpose: str = "") -> None:
    """Refuses a table that has a column for none of some roles.

    Args:
        table: The table.
        columns: Roles that were found.
        roles: Of which one is needed.
        purpose: What for.

    Raises:
        TableError: None is there; says the headers seen, the names accepted and the option.
    """
    if any(role in columns for role in roles):
        return
    what = " or ".join(role.replace("_", " ") for role in roles)
    names = "; ".join(accepted(role) for role in roles[:3])
    raise TableError(
        f"a column for the {what}" + (f", to {purpose}" if purpose else ""),
        f"the headers {headers_text(table.headers)}",
        table.source,
        Remedy(
            "Say which it is with {}, or name it, for example, {}.",
            option(f"--column {roles[0]}=HEADER"),
            names,
        ),
    )


def accepted(role: str) -> str:
    """Some names that a role goes by."""
    entry = role_of(role)
    return ", ".join(entry.names[:4]) if entry else role


def headers_text(headers: Collection[str], most: int = 60) -> str:
    """Headers for a message."""
    shown = [one if len(one) <= 60 else f"{one[:57]}..." for one in list(headers)[:most]]
    return listed(filter(None, shown), last="", n_all=len(headers))


def without(columns: Columns, *roles: str) -> Columns:
    """Columns without those of some roles."""
    return replace(
        columns, by_role={key: one for key, one in columns.by_role.items() if key not in roles}
    )


_ENOUGH = 0.5
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ](\d{1,2}|[a-z]{3,})[-/. ]\d{2,4}")
_PLACE = re.compile(
    r"\(?\s*[-+]?\d{1,3}[.,]\d+\s*[,; ]\s*[-+]?\d{1,3}[.,]\d+\s*\)?"
    r'|(srid=\d+;)?\s*(multi)?(point|polygon|linestring)\b.*|\{.*"coordinates".*|[0-9a-f]{42,}',
    re.IGNORECASE | re.DOTALL,
)


def cells_fit(role: Role | None, cells: Sequence[Cell], *, sure: bool) -> bool:
    """Whether half of the filled cells, or more, could be those of a role.

    Args:
        role: The role.
        cells: Some cells of the column.
        sure: Whether the header can mean nothing else; then only places are looked at.
    """
    if role is None:
        return True
    test = _TESTS.get(role.kind)
    if role.words and not sure:
        words = role.words
        test = lambda cell: fold(str(cell)) in words  # noqa: E731
    elif sure and role.kind != "place":
        return True
    filled = [cell for cell in cells if not is_missing(cell)]
    if test is None or not filled:
        return role.kind != "place" or not cells
    return sum(map(test, filled)) >= _ENOUGH * len(filled)


def _is_date(cell: Cell) -> bool:
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and _DATE.match(fold(cell)) is not None


def _is_place(cell: Cell) -> bool:
    if isinstance(cell, Mapping):
        return "coordinates" in cell or "lat" in cell
    if isinstance(cell, bytes) or (isinstance(cell, list) and len(cell) == 2):
        return True
    return isinstance(cell, str) and _PLACE.fullmatch(cell.strip()) is not None


def _is_number(cell: Cell) -> bool:
    try:
        return read_number(cell) is not None
    except ValueError:
        return False


_TESTS: Final[Mapping[str, Callable[[Cell], bool]]] = {
    "text": lambda cell: not _is_place(cell),
    "date": _is_date,
    "place": _is_place,
    "latitude": _is_number,
    "longitude": _is_number,
    "coordinate": _is_number,
}
