"""Map files: what a user says of a table, in TOML, to be edited, kept and used again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from arborisk.errors import Remedy, TableError, command
from arborisk.tables.choices import TableChoices, checked_units
from arborisk.tables.codes import read_codes
from arborisk.tables.commands import check_role
from arborisk.text_files import parse_toml, read_text

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
