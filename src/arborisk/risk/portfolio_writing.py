"""A rated inventory as a table: the columns that came, and ours beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio_ranking import Ranking, reasons
from arborisk.risk.portfolio_rating import RatedInventory, possible_words
from arborisk.risk.portfolio_stated import Disagreements
from arborisk.risk.rules import DEFAULT_RULES
from arborisk.scales import EventLikelihood, RiskRating, Scale
from arborisk.tables.beside import names_beside
from arborisk.tables.fields import Row
from arborisk.tables.systems import system_words
from arborisk.tables.table import Cell
from arborisk.tables.write import Field, write_table
from arborisk.wording.sentences import IMMINENT

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
    write_table(path, fields, rows, place=_POINT, bom=bom)
    return names


_POINT = ("\0longitude", "\0latitude")
"""Keys of the point of a row; no header can be called so."""


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
    words: dict[tuple[bytes, type], str] = {}

    def said(can: NDArray[np.bool_], kind: type[Scale]) -> str:
        key = (can.tobytes(), kind)
        if key not in words:
            words[key] = possible_words(can, kind)
        return words[key]

    table, places = rated.table.table, rated.table.places
    order = ranking.order.tolist()
    chance_names = [names[field.name] for field in CHANCES]
    why = dict(zip(order, reasons(rated, order), strict=True))
    for row in order:
        found: dict[str, Cell] = dict(zip(table.headers, table.rows[row], strict=True))
        for header in old:
            found[header] = None
        imminent = bool(rated.imminent[row])
        found[names["imminent"]] = imminent
        found[names["warning"]] = IMMINENT if imminent else None
        if ranking.rank[row]:
            found[names["arborisk_rank"]] = int(ranking.rank[row])
            found[names["arborisk_score"]] = float(ranking.score[row])
        if rated.tree[row] >= 0:
            found[names["arborisk_tree_rating"]] = said(rated.tree_rating[row], RiskRating)
            found[names["arborisk_rating"]] = said(rated.rating[row], RiskRating)
            found[names["arborisk_failure_and_impact"]] = said(rated.event[row], EventLikelihood)
            found[names["arborisk_reason"]] = why[row]
            found[names["arborisk_differs"]] = differing.said.get(row)
            chances = rated.at_least[row].ravel().tolist()
            for name, one in zip(chance_names, chances, strict=True):
                found[name] = round(one, _DIGITS)
        found[names["arborisk_time_frame_years"]] = years
        found[names["arborisk_rules"]] = DEFAULT_RULES
        found[names["arborisk_inspection"]] = rated.inspections.history.get(row)
        found[names["arborisk_row"]] = int(table.numbers[row])
        found[names["arborisk_problem"]] = _problem(rated, row)
        for key, side in zip(_POINT, (places.longitude, places.latitude), strict=True):
            value = float(side[row])
            found[key] = value if np.isfinite(value) else None
            if key[1:] in names:
                found[names[key[1:]]] = found[key]
        yield found


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
