"""Several rows of one tree: the latest inspection counts, the earlier ones are its history."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from arborisk.tables.layers import Ground
from arborisk.tables.role_table import RoleTable
from arborisk.tables.systems import Floats

FAR_M = 50.0
"""Metres from which two rows of one name are no longer one tree: more than a phone's position is
off under trees."""


@dataclass(frozen=True, slots=True)
class Inspections:
    """Rows of trees that stand several times.

    Attributes:
        history: Index of a row to why a later one counts instead.
        conflicts: Index of a row to why it cannot be told whether it or an earlier row counts.
    """

    history: Mapping[int, str]
    conflicts: Mapping[int, str]


def latest_inspections(rows: RoleTable, names: Sequence[str]) -> Inspections:
    """Which rows of a tree are history.

    Args:
        rows: The table; the roles ``inspected_at`` and places are looked at.
        names: Name of the tree in each row; "" where it has none.

    Returns:
        Rows that can be used already, or stand once, are in neither mapping. Without a date in
        each of its rows, with two latest ones of one day, or with places `FAR_M` apart, all rows
        of a tree but its first are conflicts.
    """
    together: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        if name and row not in rows.problems:
            together.setdefault(name, []).append(row)
    several = {name: found for name, found in together.items() if len(found) > 1}
    if not several:
        return Inspections({}, {})
    dates = rows.dates("inspected_at").values
    sides = _metres(rows)
    history: dict[int, str] = {}
    conflicts: dict[int, str] = {}
    for name, found in several.items():
        why = _conflict([dates[row] for row in found], _spread_m(sides, found))
        if why:
            for row in found[1:]:
                conflicts[row] = f"{name!r} stands again, after {rows.name(found[0])}, {why}"
            continue
        last = max(found, key=lambda row: dates[row] or date.min)
        for row in found:
            if row != last:
                history[row] = (
                    f"an earlier inspection, of {dates[row]}: that of {dates[last]} "
                    f"({rows.name(last)}) counts"
                )
    return Inspections(history, conflicts)


def _metres(rows: RoleTable) -> tuple[Floats, ...]:
    """East and north of each row; nothing without places."""
    ground = Ground.about(rows.places)
    return () if ground is None else ground.of(rows.places)


def _spread_m(sides: Sequence[Floats], found: Sequence[int]) -> float:
    """How far rows of one name stand apart; 0 where that cannot be told."""
    spreads = [np.ptp(known) for side in sides
               if len(known := side[found][np.isfinite(side[found])])]  # fmt: skip
    return math.hypot(*spreads) if len(spreads) == 2 else 0.0


def _conflict(dates: Sequence[date | None], spread_m: float) -> str:
    """Why rows of one name cannot be put in order, or ""."""
    if spread_m > FAR_M:
        return f"{spread_m:,.0f} m away: one of the names is wrong"
    known = [one for one in dates if one is not None]
    if len(known) < len(dates):
        return "and no date of inspection says which counts"
    if known.count(max(known)) > 1:
        return f"and both are of {max(known)}"
    return ""
