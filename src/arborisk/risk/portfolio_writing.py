"""A rated inventory as a table: the columns that came, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio_rating import RatedInventory, possible_words
from arborisk.risk.portfolio_table import CITY_HEADER, CITY_NAMES, write_trees
from arborisk.risk.rules import DEFAULT_RULES
from arborisk.scales import EventLikelihood, RiskRating, Scale
from arborisk.tables.text import fold

_DIGITS = 6
INCOMPLETE = "Another row of this tree has a problem: its rating may be too low."
FOUND = (
    *("failure_and_impact", "risk_rating", "tree_risk_rating"),
    *("moderate_up_low", "moderate_up_high", "high_up_low", "high_up_high"),
    *("extreme_low", "extreme_high", "time_frame_years", "rules", "problem"),
)
"""Columns added; all within the 31 characters that city layers keep. ``high_up_low`` is the lowest
chance that the tree's rating is High or above."""


def write_inventory(rated: RatedInventory, path: Path, *, time_frame_years: float) -> None:
    """Writes a CSV or GeoJSON with a row for each row that came; those with a problem say so.

    Args:
        rated: Inventory with its ratings.
        path: File; .csv or .geojson.
        time_frame_years: Years that the likelihoods are about.
    """
    headers = rated.table.headers
    in_city_names = CITY_HEADER in map(fold, headers)
    found = [CITY_NAMES.get(name, name) if in_city_names else name for name in FOUND]
    kept = [index for index, header in enumerate(headers) if header not in found]
    columns = [headers[index] for index in kept] + found
    write_trees(path, columns, _rows(rated, kept, time_frame_years))


def _rows(rated: RatedInventory, kept: list[int], years: float) -> Iterator[list[Any]]:
    words: dict[tuple[bytes, type], str] = {}

    def said(can: NDArray[np.bool_], kind: type[Scale]) -> str:
        key = (can.tobytes(), kind)
        if key not in words:
            words[key] = possible_words(can, kind)
        return words[key]

    for row, cells in enumerate(rated.table.rows):
        came = [cells[index] for index in kept]
        if rated.failure[row]:
            blank = [""] * (len(FOUND) - 3)
            yield [*came, *blank, years, DEFAULT_RULES, rated.failure[row]]
            continue
        chances = [round(float(one), _DIGITS) for one in rated.at_least[row].ravel()]
        yield [
            *came,
            said(rated.event[row], EventLikelihood),
            said(rated.rating[row], RiskRating),
            said(rated.tree_rating[row], RiskRating),
            *chances,
            years,
            DEFAULT_RULES,
            INCOMPLETE if rated.incomplete[row] else "",
        ]
