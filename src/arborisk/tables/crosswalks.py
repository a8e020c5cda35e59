"""Tables of codes, and what the columns of well-known inventories hold, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NoReturn

from arborisk.errors import TableError
from arborisk.tables.numbers import shown
from arborisk.tables.table import Cell, fold
from arborisk.tables.vocabulary import key_of

NO_CROSSWALK = "none"
"""Name by which a user asks for none."""


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """What the columns of one kind of inventory hold.

    Attributes:
        name: Name of its file, by which it is asked for.
        title: Whose inventory it is.
        source: Where its fields are published, and what of it is from memory.
        signature: Headers that are all there in such a table, and together in no other.
        columns: Role to header.
        units: Role to unit, where the headers state none.
        codes: Role to table of codes.
        words: Words of its own to the words of a scale.
        places: Coordinate system of x and y, or "".
    """

    name: str
    title: str
    source: str
    signature: tuple[str, ...]
    columns: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    places: str = ""


@cache
def crosswalks() -> Mapping[str, Crosswalk]:
    """All crosswalks by name."""
    return {
        path.stem: _read(path) for path in sorted(Path(__file__).with_suffix("").glob("*.toml"))
    }


def crosswalk_of(headers: Sequence[str], asked: str = "") -> Crosswalk | None:
    """The crosswalk that was asked for, else the one whose signature the headers bear.

    Args:
        headers: Of the table.
        asked: Name of a crosswalk, ``none`` for none, "" to recognise it.

    Raises:
        TableError: No crosswalk of that name; names those there are.
    """
    if asked == NO_CROSSWALK:
        return None
    if asked:
        if asked not in crosswalks():
            raise TableError(
                f"a crosswalk: {', '.join(crosswalks())}, or none",
                repr(asked),
                "crosswalk",
                "Choose one of these.",
            )
        return crosswalks()[asked]
    keys = set(map(key_of, headers))
    fitting = [one for one in crosswalks().values() if keys.issuperset(map(key_of, one.signature))]
    return max(fitting, key=lambda one: len(one.signature), default=None)


def _read(path: Path) -> Crosswalk:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return Crosswalk(
        path.stem,
        content["name"],
        f"{content['source']}; from memory: {content['from_memory']}",
        tuple(content["signature"]),
        content["columns"],
        content.get("units", {}),
        read_codes(content.get("codes", {}), path.name),
        content.get("words", {}),
        content.get("places", ""),
    )


Codes = Mapping[str, str]
"""Code to the word or quantity that it stands for; "" for nothing known."""


def code_key(cell: Cell) -> str:
    """A code so that 3, 3.0, "3" and " 3 " are one.

    >>> code_key(3.0), code_key("03"), code_key(" B2 ")
    ('3', '03', 'b2')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return fold(cell) if isinstance(cell, str) else str(cell)


def code_of(cell: Cell, codes: Codes) -> str | None:
    """What a cell stands for, or None where the table does not have it.

    >>> code_of(3, {"3": "20..30 ft"})
    '20..30 ft'
    """
    if isinstance(cell, str | int | float) and not isinstance(cell, bool):
        key = code_key(cell)
        for code, meaning in codes.items():
            if code_key(code) == key:
                return meaning
        if isinstance(cell, str) and key.endswith(".0"):
            return code_of(key.removesuffix(".0"), codes)
    return None


def read_codes(content: object, where: str) -> dict[str, Codes]:
    """Tables of codes from TOML: role to code to meaning.

    Args:
        content: ``{"failure": {"1": "Improbable", "2": "Possible"}}``.
        where: File and table, for messages.

    Raises:
        TableError: Another shape, or one code twice with different meanings.
    """
    if not isinstance(content, Mapping):
        _refuse(shown(content), where)
    tables: dict[str, Codes] = {}
    for role, table in content.items():
        if not isinstance(table, Mapping) or not table:
            _refuse(shown(table), f"{where}, {role}")
        read: dict[str, str] = {}
        for code, meaning in table.items():
            if isinstance(meaning, bool) or not isinstance(meaning, str | int | float):
                _refuse(f"{shown(meaning)} for the code {shown(code)}", f"{where}, {role}")
            if code_key(code) in read:
                _refuse(f"the code {shown(code)} twice", f"{where}, {role}")
            read[code_key(code)] = str(meaning)
        tables[str(role)] = read
    return tables


def _refuse(found: str, where: str) -> NoReturn:
    raise TableError(
        'codes with what each stands for, such as height = {"1" = "0..10 ft", "2" = "10..20 ft"}',
        found,
        where,
        "Correct the table.",
    )
