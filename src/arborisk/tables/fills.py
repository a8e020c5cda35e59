"""What stands in for cells that say nothing: a genus gives the kind; a map file states the rest."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from arborisk.tables.choices import TableChoices
from arborisk.tables.column import NO_COLUMN, Column, cells_of
from arborisk.tables.table import Cell, Table, is_missing, words_of
from arborisk.wording.counts import counted, listed


def filled(
    table: Table, columns: Mapping[str, Column], choices: TableChoices, wanted: Sequence[str]
) -> tuple[dict[str, Column], list[str]]:
    """Columns with what stands in for their empty cells, and sentences that say so.

    A cell that says something always wins; then the genus, which is a fact of the tree; then what
    the map file states for all rows.

    Args:
        table: The table.
        columns: Columns found, by role.
        choices: What the user says.
        wanted: Roles that are looked for.
    """
    found, notes = dict(columns), []
    if "kind" in wanted:
        note = _fill_kind(table, found)
        notes += [note] if note else []
    where = choices.map_file.name if choices.map_file else "the map file"
    for role, value in choices.constants.items():
        if role not in wanted:
            continue
        before = [None] * len(table) if role not in found else cells_of(table, found[role])
        n = sum(map(is_missing, before))
        stated = found.get(role) or Column(
            role, NO_COLUMN, f"{role} in {where}", choices.units.get(role, ""), "--units", {},
            f"stated for all rows by {where}",
        )  # fmt: skip
        found[role] = replace(stated, standing_in=_over(stated, [value] * len(table)))
        if n:
            notes.append(
                f"{role.replace('_', ' ').capitalize()}: {value} for {n:,} of "
                f"{counted(len(table), 'row')}, as {where} states: no row says it itself."
                if n == len(table)
                else f"{role.replace('_', ' ').capitalize()}: {value} for the {n:,} of "
                f"{len(table):,} rows that say nothing, as {where} states."
            )
    return found, notes


def _over(column: Column, cells: Sequence[Cell]) -> list[Cell]:
    """Cells below those that stand in already."""
    before = column.standing_in or [None] * len(cells)
    return [cell if above is None else above for above, cell in zip(before, cells, strict=True)]


def _fill_kind(table: Table, found: dict[str, Column]) -> str:
    """Takes the kind from the genus or the species, and says how often."""
    named = [found[role] for role in ("genus", "species") if role in found]
    if not named:
        return ""
    rows = zip(*(cells_of(table, column) for column in named), strict=True)
    kinds = [_kind_of_row(cells) for cells in rows]
    told = ["kind"] if "kind" in found else []
    before = cells_of(table, found["kind"]) if told else [None] * len(table)
    used = Counter(
        kind for kind, cell in zip(kinds, before, strict=True) if kind and is_missing(cell)
    )
    if not used:
        return ""
    headers = listed(repr(column.header) for column in named)
    column = found.get("kind") or Column(
        "kind", NO_COLUMN, "kind by genus", "", "", {}, f"by the genus in {headers}"
    )
    found["kind"] = replace(column, standing_in=kinds)
    counts = listed(f"{kind} for {n:,}" for kind, n in sorted(used.items()))
    open_rows = len(table) - sum(used.values()) - sum(not is_missing(cell) for cell in before)
    rest = f"; not known for {open_rows:,}" if open_rows else ""
    return f"Kind by the genus in {headers}: {counts}{rest}."


def _kind_of_row(cells: Sequence[Cell]) -> str | None:
    for cell in cells:
        kind = kind_of(cell) if isinstance(cell, str) else None
        if kind:
            return kind
    return None


TreeKind = Literal["broadleaf", "conifer"]
KINDS: Final[tuple[TreeKind, ...]] = ("broadleaf", "conifer")


@lru_cache(maxsize=4096)
def kind_of(name: str) -> TreeKind | None:
    """The kind of a tree by its genus, or by its common name; None where that tells nothing.

    Args:
        name: Botanical or common name, as an inventory has it.

    >>> kind_of("Acer platanoides"), kind_of("white pine"), kind_of("Ginkgo biloba")
    ('broadleaf', 'conifer', None)
    """
    words = words_of(name)
    genera, names = _by_word("genera"), _by_word("names")
    for word in words:  # the genus leads, also behind "cf." or a code
        if word in genera:
            return genera[word]
    found = {names[word] for word in words if word in names}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=2)
def _by_word(key: str) -> Mapping[str, TreeKind]:
    content = tomllib.loads(
        files("arborisk.tables").joinpath("genera.toml").read_text(encoding="utf-8")
    )
    return {word: kind for kind in KINDS for word in content[kind][key]}
