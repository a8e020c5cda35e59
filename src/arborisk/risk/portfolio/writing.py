"""What the assessor stated beside what follows from the assessor's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio.rating import Ranking, RatedInventory, possible_words, reasons
from arborisk.risk.rating.rules import DEFAULT_RULES
from arborisk.scales import EventLikelihood, RiskRating, Scale
from arborisk.tables.beside import POINT, names_beside
from arborisk.tables.fields import Row
from arborisk.tables.systems import system_words
from arborisk.tables.table import Cell
from arborisk.tables.write import Field, write_table
from arborisk.wording.sentences import IMMINENT


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Stated ratings held against ours.

    Attributes:
        said: Index of a row to what differs: ``Risk_Rating says High, found Low``.
        n_compared: Rows with a stated rating or likelihood and one of ours.
        n_unread: Rows whose stated rating cannot be read.
        grave: Rows that have no rating of ours, and whose assessor states High or Extreme.
    """

    said: Mapping[int, str]
    n_compared: int
    n_unread: int
    grave: tuple[int, ...] = ()


def disagreements(rated: RatedInventory) -> Disagreements:
    """Compares rows whose assessor stated a rating, or a likelihood of failure and impact.

    A stated rating may be that of the row or of its tree: it differs where it is neither.
    """
    said: dict[int, list[str]] = {}
    compared: set[int] = set()
    unread: set[int] = set()
    grave: list[int] = []
    asked: tuple[tuple[str, type[Scale], tuple[NDArray[np.bool_], ...]], ...] = (
        ("risk_rating", RiskRating, (rated.rating, rated.tree_rating)),
        ("event", EventLikelihood, (rated.event,)),
    )
    for role, scale, ours in asked:
        if not rated.table.has(role):
            continue
        column = rated.table.words(role, scale)
        unread |= set(column.problems)
        for row, reading in enumerate(column.values):
            if reading is None or reading.missing:
                continue
            if (
                rated.failure[row]
                and scale is RiskRating
                and max(reading.levels) >= RiskRating.HIGH
            ):
                grave.append(row)
            if rated.tree[row] < 0:
                continue
            compared.add(row)
            if not any(can[row][list(reading.levels)].any() for can in ours):
                header = rated.table.header(role)
                found = possible_words(ours[-1][row], scale)
                said.setdefault(row, []).append(f"{header} says {reading.written}, found {found}")
    return Disagreements(
        {row: "; ".join(words) for row, words in sorted(said.items())},
        len(compared),
        len(unread),
        tuple(grave),
    )


_DIGITS = 6
INCOMPLETE = "Another row of this tree has a problem: its rating may be too low."
FIRST = (
    Field("arborisk_rank", "whole"),
    Field("arborisk_score", "number"),
    Field("arborisk_tree_rating", "text"),
    Field("arborisk_reason", "text"),
    Field("imminent", "flag"),
    Field("warning", "text"),
)
"""Our columns before those that came."""
CHANCES = tuple(
    Field(f"arborisk_{word}_{end}", "number")
    for word in ("moderate_up", "high_up", "extreme")
    for end in ("low", "high")
)
"""Lowest and highest chance that the tree's rating is Moderate, High, Extreme or above."""
LAST = (
    Field("arborisk_rating", "text"),
    Field("arborisk_failure_and_impact", "text"),
    Field("arborisk_differs", "text"),
    *CHANCES,
    Field("arborisk_time_frame_years", "number"),
    Field("arborisk_rules", "text"),
    Field("arborisk_inspection", "text"),
    Field("arborisk_row", "whole"),
    Field("arborisk_problem", "text"),
)
"""Our columns behind those that came; all within the 31 characters that city layers keep."""
PLACE = (Field("longitude", "number"), Field("latitude", "number"))
"""Added where the table has its places in shapes or in another system (WGS 84)."""
_OURS = frozenset(field.name for field in (*FIRST, *LAST))


def write_inventory(
    rated: RatedInventory,
    ranking: Ranking,
    differing: Disagreements,
    path: Path,
    *,
    time_frame_years: float,
    bom: bool = False,
) -> dict[str, str]:
    """Writes a row for each row that came, in order of rank; those with a problem say so.

    Args:
        rated: Inventory with its ratings.
        ranking: Their order.
        differing: What the assessor stated otherwise.
        path: File, in any format of `arborisk.tables.write`.
        time_frame_years: Years that the likelihoods are about.
        bom: Whether a CSV begins with the mark by which Excel tells UTF-8.

    Returns:
        Our columns, each with the name that it got: its own unless the table had one of that name.
    """
    headers = rated.table.table.headers
    again = {field.name for field in FIRST} <= set(headers)  # our own table, rated once more
    old = [header for header in headers if again and header in _OURS]
    theirs = [header for header in headers if header not in old]
    places = () if _has_places(rated) else PLACE
    ours = (*FIRST, *LAST, *places)
    names = names_beside(theirs, [field.name for field in ours])
    fields: list[Field | str] = [
        *(Field(names[field.name], field.kind) for field in FIRST),
        *theirs,
        *(Field(names[field.name], field.kind) for field in (*LAST, *places)),
    ]
    rows = _rows(rated, ranking, differing, old, names, time_frame_years)
    write_table(path, fields, rows, place=POINT, bom=bom)
    return names


def _has_places(rated: RatedInventory) -> bool:
    """Whether columns of the table hold longitude and latitude already, or there are none."""
    table = rated.table
    if not np.isfinite(table.places.longitude).any():
        return True
    in_columns = table.has("longitude") and table.has("latitude")
    return in_columns and (
        table.table.shapes is not None or table.places.system == system_words("EPSG:4326")
    )


def _rows(
    rated: RatedInventory,
    ranking: Ranking,
    differing: Disagreements,
    old: list[str],
    names: dict[str, str],
    years: float,
) -> Iterator[Row]:
    table = rated.table.table
    ours = _our_columns(rated, ranking, differing, years)
    ours = {name: cells for name, cells in ours.items() if name in names or name in POINT}
    keys = [names.get(name, name) for name in ours]
    for row, cells in zip(ranking.order.tolist(), zip(*ours.values(), strict=True), strict=True):
        found: dict[str, Cell] = dict(zip(table.headers, table.rows[row], strict=True))
        for header in old:
            found[header] = None
        found.update(zip(keys, cells, strict=True))
        yield found


def _our_columns(
    rated: RatedInventory, ranking: Ranking, differing: Disagreements, years: float
) -> dict[str, list[Cell]]:
    """Our columns, each in the order of the list; None where a row has nothing."""
    order = ranking.order
    rows = order.tolist()
    counts = rated.tree[order] >= 0
    ranked = ranking.rank[order] > 0
    numbers, places = rated.table.table.numbers, rated.table.places
    sides = {"longitude": places.longitude[order], "latitude": places.latitude[order]}
    chances = np.round(rated.at_least[order].reshape(len(rows), -1), _DIGITS)
    return {
        "arborisk_rank": _or_none(ranking.rank[order], ranked),
        "arborisk_score": _or_none(ranking.score[order], ranked),
        "arborisk_tree_rating": _or_none(_words(rated.tree_rating[order], RiskRating), counts),
        "arborisk_reason": _or_none(reasons(rated, rows), counts),
        "imminent": rated.imminent[order].tolist(),
        "warning": [IMMINENT if one else None for one in rated.imminent[order].tolist()],
        "arborisk_rating": _or_none(_words(rated.rating[order], RiskRating), counts),
        "arborisk_failure_and_impact": _or_none(
            _words(rated.event[order], EventLikelihood), counts
        ),
        "arborisk_differs": [differing.said.get(row) for row in rows],
        **{
            field.name: _or_none(column, counts)
            for field, column in zip(CHANCES, chances.T, strict=True)
        },
        "arborisk_time_frame_years": [years] * len(rows),
        "arborisk_rules": [DEFAULT_RULES] * len(rows),
        "arborisk_inspection": [rated.inspections.history.get(row) for row in rows],
        "arborisk_row": [int(numbers[row]) for row in rows],
        "arborisk_problem": [_problem(rated, row) for row in rows],
        **{name: _or_none(side, np.isfinite(side)) for name, side in sides.items()},
        **dict(zip(POINT, (_or_none(side, np.isfinite(side)) for side in sides.values()),
                   strict=True)),
    }  # fmt: skip


def _or_none(values: NDArray[Any] | list[str], there: NDArray[np.bool_]) -> list[Cell]:
    """Values as Python's own, None where there is none."""
    plain = values if isinstance(values, list) else values.tolist()
    return [one if known else None for one, known in zip(plain, there.tolist(), strict=True)]


def _words(can: NDArray[np.bool_], kind: type[Scale]) -> list[str]:
    """Possible words of each row; there are few different ones."""
    number = can @ (1 << np.arange(can.shape[1]))
    known = {
        one: possible_words(np.array([one >> bit & 1 for bit in range(can.shape[1])]) > 0, kind)
        for one in np.unique(number).tolist()
    }
    return [known[one] for one in number.tolist()]


def _problem(rated: RatedInventory, row: int) -> str | None:
    """Why a row has no rating, or why its tree's is not to be relied on."""
    if rated.failure[row]:
        return rated.failure[row]
    if row in rated.inspections.history:
        return None
    conflict = rated.inspections.conflicts.get(rated.trees[row])
    if conflict:
        return f"Rated as whatever one of its rows gives: {conflict}."
    if rated.incomplete[row]:
        return INCOMPLETE
    place = rated.table.places.problems.get(row)
    return f"Place: {place}" if place else None
