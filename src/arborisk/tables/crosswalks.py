"""Crosswalks: what the columns of well-known inventories hold, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from arborisk.errors import TableError
from arborisk.tables.codes import Codes, read_codes
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
