"""Storm results as rows and JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

import arborisk
from arborisk.files import write_text_whole
from arborisk.risk.storm.analysis import StormAnalysis
from arborisk.risk.storm.assumptions import KINDS
from arborisk.risk.storm.groups import GroupCounts, GroupYears
from arborisk.risk.storm.measures import MEASURES
from arborisk.risk.storm.places import DEGREES
from arborisk.risk.storm.words import LIMITS, count_words

GROUP_COLUMNS = ("group", "trees", "expected", "95 % interval", "in 95 % of draws", "any fails")


def group_rows(counts: GroupCounts, most: int | None = None) -> list[list[str]]:
    """Cells under `GROUP_COLUMNS`, most expected failures first."""
    order = np.argsort(-counts.expected, kind="stable")[:most]
    return [
        [
            counts.names[place],
            f"{counts.n_trees[place]:,}",
            count_words(counts.expected[place]),
            f"{count_words(counts.expected_low[place])} to "
            f"{count_words(counts.expected_high[place])}",
            f"{counts.count_low[place]:.0f} to {counts.count_high[place]:.0f}",
            f"{100 * counts.p_any[place]:.0f} %" if counts.p_any[place] >= 0.005 else "below 1 %",
        ]
        for place in order
    ]


YEAR_COLUMNS = ("group", "trees", "expected in a year", "95 % interval")


def year_rows(years: GroupYears, most: int | None = None) -> list[list[str]]:
    """Cells under `YEAR_COLUMNS`, most expected failures first."""
    order = np.argsort(-years.expected, kind="stable")[:most]
    return [
        [
            years.names[place],
            f"{years.n_trees[place]:,}",
            count_words(years.expected[place]),
            f"{count_words(years.expected_low[place])} to "
            f"{count_words(years.expected_high[place])}",
        ]
        for place in order
    ]


def tree_rows(found: StormAnalysis) -> list[dict[str, Any]]:
    """One row for each row of the inventory, in its order: the input, then what was computed.

    A column of the inventory that has the name of a result is kept as ``input_<name>``.
    """
    result, table = found.result, found.table
    placed = {int(place): tree for tree, place in enumerate(found.checked.place)}
    reasons = {item.row: item.reason for item in found.refused}
    east, north = ("longitude", "latitude") if table.system == DEGREES else ("x_m", "y_m")
    made = {"status", "reason", "assumed", *result.by_tree}
    rows: list[dict[str, Any]] = []
    for place, label in enumerate(table.rows):
        row: dict[str, Any] = {
            f"input_{name}" if name in made else name: cells[place]
            for name, cells in table.columns.items()
        }
        if table.x is not None and table.y is not None and east not in row:
            row |= {east: _place(table.x[place]), north: _place(table.y[place])}
        tree = placed.get(place)
        row["status"] = "refused" if tree is None else "computed"
        row["reason"] = reasons.get(label, "")
        row["assumed"] = "" if tree is None else " ".join(result.trees.assumed_of(tree))
        for name, values in result.by_tree.items():
            row[name] = "" if tree is None else _plain(values[tree])
        rows.append(row)
    return rows


def _plain(value: float) -> float | None:
    """Five digits; None for what is not defined."""
    return float(f"{value:.5g}") if np.isfinite(value) else None


def _place(value: float) -> float | None:
    """A coordinate as it was read."""
    return float(value) if np.isfinite(value) else None


def write_trees(found: StormAnalysis, path: Path) -> Path:
    """Writes `tree_rows` as CSV, or as GeoJSON points where the name ends so; gives the path."""
    rows = tree_rows(found)
    if path.suffix.lower() in (".geojson", ".json"):
        table = found.table
        features = [
            {
                "type": "Feature",
                "geometry": None
                if table.x is None or table.y is None or not np.isfinite(table.x[place])
                else {"type": "Point", "coordinates": [table.x[place], table.y[place]]},
                "properties": row,
            }
            for place, row in enumerate(rows)
        ]
        content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        if table.system != DEGREES:
            content["crs"] = {"type": "name", "properties": {"name": table.system}}
        write_text_whole(path, json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
        return path
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text_whole(path, text.getvalue())
    return path


def as_json(found: StormAnalysis) -> dict[str, Any]:
    """Everything, as plain values."""
    result = found.result
    return {
        "arborisk": arborisk.__version__,
        "storm": result.storm.words if result.storm else None,
        "climate": result.climate.words if result.climate else None,
        "years": result.years,
        "draws": {
            "worlds": result.draws.n_worlds,
            "in_each": result.draws.n_inner,
            "seed": result.draws.seed,
        },
        "total": _counts(result.total)[0] if result.total else None,
        "groups": _counts(result.groups) if result.groups else [],
        "year_total": _years(result.year_total)[0] if result.year_total else None,
        "year_groups": _years(result.year_groups) if result.year_groups else [],
        "years_total": _years(result.years_total)[0] if result.years_total else None,
        "trees": [
            {
                "tree_id": name,
                "group": result.trees.group_names[result.trees.group[tree]],
                "kind": KINDS[result.trees.kind[tree]],
                "assumed": list(result.trees.assumed_of(tree)),
            }
            | {column: _plain(values[tree]) for column, values in result.by_tree.items()}
            for tree, name in enumerate(result.trees.tree_id)
        ],
        "refused": [
            {"row": item.row, "tree_id": item.tree_id, "reason": item.reason}
            for item in found.refused
        ],
        "assumptions": result.assumptions.model_dump(),
        "measures": {name: measure.meaning for name, measure in MEASURES.items()},
        "limits": list(LIMITS),
    }


def _counts(counts: GroupCounts) -> list[dict[str, Any]]:
    names = ("expected", "expected_low", "expected_high", "count_low", "count_high", "p_any")
    return [
        {"group": group, "trees": int(counts.n_trees[place])}
        | {name: _plain(getattr(counts, name)[place]) for name in names}
        for place, group in enumerate(counts.names)
    ]


def _years(years: GroupYears) -> list[dict[str, Any]]:
    names = ("expected", "expected_low", "expected_high")
    return [
        {"group": group, "trees": int(years.n_trees[place])}
        | {name: _plain(getattr(years, name)[place]) for name in names}
        for place, group in enumerate(years.names)
    ]
