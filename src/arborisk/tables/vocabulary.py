"""The one vocabulary of headers: what a header may stand for, in the usual languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from arborisk.tables.table import fold, words_about, words_of
from arborisk.tables.units import UNITS, split_unit

How = Literal["name", "cut", "phrase", "weak"]
HOW: Final[tuple[How, ...]] = ("name", "cut", "phrase", "weak")
"""From the surest: by its name, by its name cut short, by words within a longer header, by a name
that may mean something else."""
CUTS: Final = (10, 31)
"""Characters that a shapefile and an Esri layer keep of a header. Source: dBase III; Esri's limit
of field names in file geodatabases of old exports, as in the layer of crosswalks/traq_31.toml."""
DEVIATION: Final = "_deviation"
"""Behind the role of a quantity: its standard deviation."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_REMARK = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]\s*")
_PREPOSITION = re.compile(r"(?<=.{3})(in|en|em)$")
_DEVIATIONS = ("standarddeviation", "deviation", "stddev", "stdev", "std", "sd")
_MEASURED = ("quantity", "share", "number")


@dataclass(frozen=True, slots=True)
class Role:
    """What a column may hold.

    Attributes:
        name: For example ``height``.
        meaning: In words.
        kind: text, word, number, quantity, share, date, flag, latitude, longitude, coordinate or
            place.
        names: Headers, in words, the surest first.
        phrases: Words that settle a role wherever they stand in a longer header.
        weak: Headers taken only where nothing else wants them.
        words: Folded cells by which a header of several roles is told.
        dimension: Of a quantity, see `arborisk.tables.units`; else "".
        unit: In which a quantity is handed on; else "".
    """

    name: str
    meaning: str
    kind: str
    names: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    dimension: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class HeaderFit:
    """How a header may stand for a role.

    Attributes:
        role: Role, or role of a quantity with `DEVIATION` behind it.
        how: How surely.
        rank: Place of the name in its list; lower is surer.
        unit: Unit in the header, or "".
    """

    role: str
    how: How
    rank: int
    unit: str


def key_of(text: str) -> str:
    """Letters and digits of a header, without case and accents.

    >>> key_of("Tree ID"), key_of("tree_id"), key_of("Höhe (m)")
    ('treeid', 'treeid', 'hohem')
    """
    plain = unicodedata.normalize("NFKD", fold(text))
    return "".join(mark for mark in plain if mark.isalnum())


@cache
def vocabulary() -> Mapping[str, Role]:
    """Roles by name, in the order of the file."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        name: Role(
            name,
            entry["meaning"],
            entry["kind"],
            tuple(entry["names"]),
            tuple(entry.get("phrases", ())),
            tuple(entry.get("weak", ())),
            frozenset({*map(fold, entry.get("words", ())), *words_about(name)}),
            entry.get("dimension", ""),
            entry.get("unit", ""),
        )
        for name, entry in content.items()
    }


def role_of(name: str) -> Role | None:
    """The role of a name, that of the quantity for its deviation; None for no role."""
    return vocabulary().get(name) or vocabulary().get(name.removesuffix(DEVIATION))


def is_role(name: str) -> bool:
    """Whether there is such a role, or the deviation of a measured one."""
    role = role_of(name)
    return role is not None and (role.name == name or role.kind in _MEASURED)


@cache
def fits_of(header: str) -> tuple[HeaderFit, ...]:
    """Everything that a header may stand for; what is meant is for the command to settle.

    >>> [(fit.role, fit.unit) for fit in fits_of("DBH (in)")]
    [('dbh', 'in')]
    """
    found: dict[str, HeaderFit] = {}
    for key, unit in _readings(header):
        for role, how, rank in _index().get(key, ()):
            _keep(found, HeaderFit(role, how, rank, unit))
        stem = next((key.removesuffix(one) for one in _DEVIATIONS if key.endswith(one)), "")
        for role, how, rank in _index().get(stem, ()):
            if how == "name" and vocabulary()[role].kind in _MEASURED:
                _keep(found, HeaderFit(role + DEVIATION, how, rank, unit))
    text = header.strip()
    if len(text) in CUTS and key_of(text) not in _index():
        for role, rank in _cut_index().get((len(text), key_of(text)), ()):
            _keep(found, HeaderFit(role, "cut", rank, ""))
    if not found:
        plain = f" {' '.join(words_of(header))} "
        for entry in vocabulary().values():
            if any(f" {phrase} " in plain for phrase in entry.phrases):
                _keep(found, HeaderFit(entry.name, "phrase", 0, ""))
    return tuple(
        fit
        for fit in found.values()
        if not fit.unit or _unit_fits(fit.role, fit.unit) or _is_whole(header, fit)
    )


def _keep(found: dict[str, HeaderFit], fit: HeaderFit) -> None:
    """The surest fit of a role; the one with its unit of two alike."""
    before = found.get(fit.role)
    order = (HOW.index(fit.how), fit.rank, not fit.unit)
    if before is None or order < (HOW.index(before.how), before.rank, not before.unit):
        found[fit.role] = fit


def _unit_fits(role: str, unit: str) -> bool:
    entry = role_of(role)
    dimension = UNITS[unit].dimension
    if entry is None or entry.kind == "coordinate":
        return dimension == "length"
    return dimension == entry.dimension or (dimension == "share" and entry.kind == "share")


def _is_whole(header: str, fit: HeaderFit) -> bool:
    """Whether the header fits as a whole, so that what looks like a unit is part of its name."""
    return any(role == fit.role for role, _, _ in _index().get(key_of(header), ()))


def _readings(header: str) -> Iterator[tuple[str, str]]:
    """Keys that a header may have, each with its unit: whole, without the unit, without remark."""
    rest, unit = split_unit(header)
    yield key_of(header), unit
    if unit:
        yield key_of(rest), unit
        yield _PREPOSITION.sub("", key_of(rest)), unit
    plain = _REMARK.sub(" ", header)
    if plain != header and plain.strip():
        yield key_of(plain), unit
    if not unit:
        yield from _glued(key_of(header))


def _glued(key: str) -> Iterator[tuple[str, str]]:
    """Key without a unit that is written to it: ``hauteurenm`` is ``hauteur`` in m."""
    for spelling, unit in _unit_keys():
        if key.endswith(spelling) and len(key) > len(spelling) + 2:
            stem = key.removesuffix(spelling)
            yield stem, unit
            if stem.endswith(("in", "en", "em")) and len(stem) > 4:
                yield stem[:-2], unit


@cache
def _unit_keys() -> tuple[tuple[str, str], ...]:
    """Spellings of lengths and speeds as keys, the longest first."""
    found = {
        key_of(spelling): unit.name
        for unit in UNITS.values()
        if unit.dimension in ("length", "speed", "angle")
        for spelling in (unit.name, *unit.spellings)
        if key_of(spelling)
    }
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


@cache
def _index() -> Mapping[str, tuple[tuple[str, How, int], ...]]:
    """Roles of each key."""
    found: dict[str, list[tuple[str, How, int]]] = {}
    for role in vocabulary().values():
        for how, names in (("name", role.names), ("weak", role.weak)):
            for rank, name in enumerate(names):
                for key in {key_of(name), key_of(name.translate(_UMLAUTS))}:
                    found.setdefault(key, []).append((role.name, how, rank))  # type: ignore[arg-type]
    return {key: tuple(roles) for key, roles in found.items()}


@cache
def _cut_index() -> Mapping[tuple[int, str], tuple[tuple[str, int], ...]]:
    """Roles of each name that is cut short, by its length and key."""
    found: dict[tuple[int, str], dict[str, int]] = {}
    for role in vocabulary().values():
        for rank, name in enumerate(role.names):
            for written in (name.replace(" ", "_"), name.replace(" ", "")):
                for length in CUTS:
                    if len(written) > length:
                        at = (length, key_of(written[:length]))
                        found.setdefault(at, {}).setdefault(role.name, rank)
    return {at: tuple(roles.items()) for at, roles in found.items()}
