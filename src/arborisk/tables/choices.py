"""What a user says of a table, on the command line or in a map file that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from arborisk.errors import Remedy, TableError, command
from arborisk.tables.commands import COMMANDS, check_role
from arborisk.tables.crosswalks import Codes, read_codes
from arborisk.tables.units import known_unit
from arborisk.tables.vocabulary import role_of
from arborisk.text_files import parse_toml, read_text

MAP_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What a user says of a table; what is not said is found from the table.

    Attributes:
        columns: Role to header; "" means that the role is not to be read.
        units: Role to unit of its bare numbers.
        words: Word of the table to word of a scale or a label; "" means that it says nothing.
        codes: Role to table of codes.
        constants: Role to what holds for every row that says nothing, such as a height of
            ``12 ± 4 m``; only a map file states them.
        places: Coordinate system of the places, such as ``EPSG:2263``; "" where the file says it.
        crosswalk: Name of a crosswalk, ``none`` for none, "" to recognise it.
        map_file: Map file that these came from, for messages.
        sheet: Sheet of a workbook.
        layer: Layer of a map file.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    places: str = ""
    crosswalk: str = ""
    map_file: Path | None = None
    sheet: str | None = None
    layer: str | None = None

    @classmethod
    def from_options(
        cls,
        *,
        column: Iterable[str] = (),
        units: Iterable[str] = (),
        map_file: Path | None = None,
        places: str = "",
        crosswalk: str = "",
        words: Mapping[str, str] | None = None,
        sheet: str | None = None,
        layer: str | None = None,
    ) -> TableChoices:
        """Choices of a map file, with those of the command line above them.

        Args:
            column: ``ROLE=HEADER`` each; an empty header leaves the role out.
            units: ``ROLE=UNIT`` each.
            map_file: Map file, see `arborisk.tables.choices`.
            places: Coordinate system of the places.
            crosswalk: Name of a crosswalk.
            words: Word of the table to word of a scale.
            sheet: Sheet of a workbook.
            layer: Layer of a map file.

        Raises:
            TableError: A pair without its sign, a role, unit or crosswalk that is not known, or a
                map file that cannot be read.
        """
        said = cls() if map_file is None else read_mapping(map_file)
        return replace(
            said,
            columns={**said.columns, **_pairs(column, "--column", "HEADER")},
            units={**said.units, **checked_units(_pairs(units, "--units", "UNIT"), "--units")},
            words={**said.words, **(words or {})},
            places=places or said.places,
            crosswalk=crosswalk or said.crosswalk,
            sheet=sheet,
            layer=layer,
        )

    def only_for(self, command: str) -> TableChoices:
        """What concerns a command's own table: columns and units of its layers are left out."""
        kept = set(COMMANDS[command].roles)
        return replace(self.only(kept), places=self.places, sheet=self.sheet, layer=self.layer)

    def only(self, roles: Iterable[str]) -> TableChoices:
        """What concerns some roles: of a layer that stands beside another table.

        What is said of sheet, layer and places is of the first table.
        """
        kept = set(roles)
        return replace(
            self,
            columns={role: header for role, header in self.columns.items() if role in kept},
            units={role: unit for role, unit in self.units.items() if role in kept},
            codes={role: codes for role, codes in self.codes.items() if role in kept},
            places="",
            sheet=None,
            layer=None,
        )


def checked_units(units: Mapping[str, str], where: str) -> dict[str, str]:
    """Units by role, each by its own name.

    Raises:
        TableError: A role that has no unit, or a unit of another kind.
    """
    found = {}
    for role, unit in units.items():
        entry = role_of(role)
        dimension = "length" if entry and entry.kind == "coordinate" else entry and entry.dimension
        if not dimension:
            raise TableError(
                "a role that has a unit, such as height or dbh", role, where, "Leave it out."
            )
        try:
            found[role] = known_unit(unit, dimension).name
        except ValueError as error:
            raise TableError(
                f"a unit of {dimension} for the {role.replace('_', ' ')}",
                str(error),
                where,
                "Write a unit that is known, such as those named.",
            ) from error
    return found


def _pairs(texts: Iterable[str], option: str, word: str) -> dict[str, str]:
    found = {}
    for text in texts:
        role, sign, value = text.partition("=")
        if not sign or not role.strip():
            raise TableError(f"ROLE={word}", repr(text), option, "Write both with a = between.")
        found[check_role(role, option)] = value.strip()
    return found


_MOST_BYTES = 1 << 20
_TABLES = ("columns", "units", "constants", "codes", "words")
_TEXTS = ("crosswalk", "places")


def read_mapping(path: Path) -> TableChoices:
    """Reads a map file.

    Args:
        path: TOML with the tables ``columns``, ``units``, ``constants``, ``codes.ROLE`` and
            ``words``, and the texts ``crosswalk`` and ``places``; all may be left out.

    Raises:
        TableError: No such file, no TOML, or a key, role or unit that is not known.
    """
    where = path.name
    content = _content(path)
    unknown = [key for key in content if key not in (*_TABLES, *_TEXTS)]
    if unknown:
        raise TableError(
            f"the keys {', '.join((*_TEXTS, *_TABLES))}",
            ", ".join(map(repr, unknown)),
            where,
            Remedy("Correct or delete them; {} writes one.", command("table FILE --write-map MAP")),
        )
    texts = {key: _text(content.get(key, ""), f"{where}, {key}") for key in _TEXTS}
    columns, units, constants, words = (
        _texts(content.get(key, {}), f"{where}, {key}")
        for key in ("columns", "units", "constants", "words")
    )
    codes = read_codes(content.get("codes", {}), f"{where}, codes")
    return TableChoices(
        columns={check_role(role, f"{where}, columns"): one for role, one in columns.items()},
        units=checked_units(
            {check_role(role, f"{where}, units"): one for role, one in units.items()},
            f"{where}, units",
        ),
        words=words,
        constants={check_role(role, f"{where}, constants"): one for role, one in constants.items()},
        codes={check_role(role, f"{where}, codes"): one for role, one in codes.items()},
        places=texts["places"],
        crosswalk=texts["crosswalk"],
        map_file=path,
    )


def mapping_text(
    choices: TableChoices,
    *,
    comments: Mapping[str, str],
    not_read: Sequence[str] = (),
    open_units: Mapping[str, str] | None = None,
    open_codes: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """A map file to be edited; what is still to be stated stands in it as a comment.

    Args:
        choices: What stands in it.
        comments: Role to what to say behind its header.
        not_read: Headers that are not read.
        open_units: Role whose unit nobody states, to one that it could be.
        open_codes: Role with codes that nobody explains, to these codes.
    """
    return "\n".join([
        *_column_lines(choices, comments, not_read),
        *_unit_lines(choices, open_units or {}),
        *_constant_lines(choices),
        *_word_lines(choices, open_codes or {}),
    ]) + "\n"  # fmt: skip


def _column_lines(
    choices: TableChoices, comments: Mapping[str, str], not_read: Sequence[str]
) -> Iterator[str]:
    yield "# What the columns of a table hold. Edit it, keep it, and give it with --map."
    yield f"crosswalk = {_quoted(choices.crosswalk)}  # of a well-known inventory; none for none"
    yield f"places = {_quoted(choices.places)}  # system of x and y, such as EPSG:2263"
    yield ""
    yield "[columns]  # role = header; a header of two quotes alone leaves the role out"
    for role, header in choices.columns.items():
        said = f"  # {comments[role]}" if comments.get(role) else ""
        yield f"{role} = {_quoted(header)}{said}"
    if not_read:
        yield "# Not read:"
        yield from (f"#   {_quoted(header)}" for header in not_read)


def _unit_lines(choices: TableChoices, open_units: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield "[units]  # of bare numbers, where neither header nor cell states one"
    yield from (f"{role} = {_quoted(unit)}" for role, unit in choices.units.items())
    for role, unit in open_units.items():
        yield f"# {role} = {_quoted(unit)}  # not stated: take off the # if this is its unit"


def _constant_lines(choices: TableChoices) -> Iterator[str]:
    yield ""
    yield "[constants]  # role = what holds for every row that says nothing; it is said each time"
    yield from (f"{role} = {_quoted(one)}" for role, one in choices.constants.items())
    if not choices.constants:
        yield '# height = "12 ± 4 m"  # a guess is stated with its doubt'
        yield '# occupancy = "Frequent"'


def _word_lines(choices: TableChoices, open_codes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield ""
    yield "[words]  # word of the table = word of the scale"
    yield from (f"{_quoted(word)} = {_quoted(one)}" for word, one in choices.words.items())
    for role, codes in choices.codes.items():
        yield from ("", f"[codes.{role}]")
        yield from (f"{_quoted(code)} = {_quoted(one)}" for code, one in codes.items())
    for role, seen in open_codes.items():
        yield from ("", f"# [codes.{role}]  # not stated: write what each stands for")
        yield from (f'# {_quoted(code)} = "..."' for code in seen)


def _quoted(text: str) -> str:
    """A basic string of TOML, which a JSON string is but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _content(path: Path) -> dict[str, Any]:
    if path.is_file() and path.stat().st_size > _MOST_BYTES:
        raise TableError(
            "a map file of at most 1 MB", "more", path.name, "Check that it is the right file."
        )
    text = read_text(path, "a map file", TableError)
    return parse_toml(text, path.name, "a map file", TableError, "Correct it, or write it anew.")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise TableError("a text in quotes", repr(value), where, "Write it in quotes.")
    return value


def _texts(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TableError("a table", repr(value), where, "Write [columns] and so on above it.")
    return {str(key): _text(one, f"{where}, {key}") for key, one in value.items()}
