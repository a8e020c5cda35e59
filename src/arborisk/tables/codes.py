"""Tables of codes: what the numbers and letters of a city's list stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from arborisk.errors import TableError
from arborisk.tables.numbers import shown
from arborisk.tables.table import Cell
from arborisk.tables.text import fold

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
