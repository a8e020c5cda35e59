"""Strike results as rows, fall zones and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

import arborisk
from arborisk.files import write_text_whole
from arborisk.metrics.drawn import never_certain
from arborisk.records import Interval
from arborisk.risk.storm.left_out import all_rows, five_digits
from arborisk.risk.strike.analysis import StrikeAnalysis
from arborisk.risk.strike.by_target import NOT_STATED, contact_words, strikes_by_target
from arborisk.risk.strike.run import StrikeChance
from arborisk.risk.strike.targets import KINDS, TargetKind
from arborisk.risk.strike.words import consequence_sentences, limits_of, wires_line
from arborisk.tables.beside import OutRows
from arborisk.tables.imminent import names_of
from arborisk.tables.write import Field, write_table
from arborisk.wording.sentences import NEAR_WIRES, WIRES_NOT_RULED_OUT, imminent_json

_CHANCES = tuple(f"p_{kind}{end}" for kind in KINDS for end in ("", "_low", "_high"))
ALL_COLUMNS = ("strike_status", "strike_reason", "reach_m", *_CHANCES, "near_wires")
"""Columns that stand beside the user's own."""
PAIR_FIELDS = (
    *(Field("tree_id", "text"), Field("kind", "text"), Field("target", "text")),
    *(Field(name, "number") for name in (
        "distance_m", "p_strike", "p_strike_low", "p_strike_high", "energy_share")),
    *(Field("contact", "text"), Field("near_wires", "text")),
)  # fmt: skip


def _chance(value: float) -> float | None:
    """A chance as it is written: never 0 or 1, since the place of the tree is not known to that."""
    return five_digits(never_certain(value))


def pair_rows(found: StrikeAnalysis) -> list[dict[str, Any]]:
    """One row for each tree and target within reach, likeliest first."""
    result = found.result
    order = np.argsort(-result.pair.value, kind="stable")
    rows = []
    for pair in order:
        target = result.targets.targets[result.pair_target[pair]]
        share = float(result.energy_share[pair])
        is_line = target.kind == "line"
        rows.append(
            {
                "tree_id": result.trees.tree_id[result.pair_tree[pair]],
                "kind": target.kind,
                "target": target.name,
                "distance_m": round(float(result.distance_m[pair]), 2),
                "p_strike": _chance(result.pair.value[pair]),
                "p_strike_low": _chance(result.pair.low[pair]),
                "p_strike_high": _chance(result.pair.high[pair]),
                "energy_share": five_digits(share) if is_line else None,
                "contact": contact_words(share) if is_line else "",
                "near_wires": _near_wires(found, int(result.pair_tree[pair])),
            }
        )
    return rows


def pair_intervals(found: StrikeAnalysis) -> list[Interval]:
    """Chance of each row of `pair_rows`, as it is printed."""
    pair = found.result.pair
    columns = (pair.value, pair.low, pair.high, pair.low_error, pair.high_error)
    return [
        Interval(value, low, high, errors=(of_low, of_high))
        for value, low, high, of_low, of_high in (
            np.column_stack(columns)[np.argsort(-pair.value, kind="stable")].tolist()
        )
    ]


def write_pairs(found: StrikeAnalysis, path: Path) -> Path:
    """Writes `pair_rows` in the format that the name asks for; gives the path."""
    write_table(path, PAIR_FIELDS, pair_rows(found), place=None)
    return path


def out_rows(found: StrikeAnalysis) -> OutRows:
    """One row for each row of the inventory: the user's own columns, then ``p_line`` and so on."""
    result = found.result

    def cells(tree: int) -> dict[str, Any]:
        own: dict[str, Any] = {"reach_m": five_digits(result.reach_m[tree])}
        for kind, chance in _known_kinds(found):
            for end, values in (("", chance.value), ("_low", chance.low), ("_high", chance.high)):
                own[f"p_{kind}{end}"] = _chance(values[tree])
        return {**own, "near_wires": _near_wires(found, tree)}

    refused = found.checked.refused
    return all_rows(found.rows, ALL_COLUMNS, "strike", result.trees.place, refused, cells)


def _near_wires(found: StrikeAnalysis, tree: int) -> str:
    """What to do near wires; a tree that meets none of the lines given has no all-clear."""
    return NEAR_WIRES if found.result.by_kind[0].high[tree] > 0 else WIRES_NOT_RULED_OUT


def _known_kinds(found: StrikeAnalysis) -> list[tuple[TargetKind, StrikeChance]]:
    """Kinds of target of which there is one; of the others nothing is known, not even a zero."""
    there = {target.kind for target in found.result.targets.targets}
    kinds = zip(KINDS, found.result.by_kind, strict=True)
    return [(kind, chance) for kind, chance in kinds if kind in there]


def write_zones(found: StrikeAnalysis, path: Path) -> Path:
    """Writes each tree's fall zone as a GeoJSON polygon of 64 corners; gives the path.

    Source: RFC 7946; outer rings run counterclockwise (section 3.1.6), in longitude and latitude.
    A plane of the table's own has none, so its zones have no geometry.
    """
    result, ground = found.result, found.checked.ground
    around = np.radians(np.linspace(0.0, 360.0, 65))
    features, kinds = [], _known_kinds(found)
    for tree, name in enumerate(result.trees.tree_id):
        x, y = ground.back(
            result.trees.x_m[tree] + result.reach_m[tree] * np.sin(around),
            result.trees.y_m[tree] - result.reach_m[tree] * np.cos(around),
        )
        ring = np.column_stack([x, y]).round(7)
        ring[-1] = ring[0]
        polygon = {"type": "Polygon", "coordinates": [ring.tolist()]}
        features.append(
            {
                "type": "Feature",
                "properties": {"tree_id": name, "reach_m": five_digits(result.reach_m[tree])}
                | {f"p_{kind}": _chance(chance.value[tree]) for kind, chance in kinds}
                | {"near_wires": _near_wires(found, tree)},
                "geometry": None if ground.map is None else polygon,
            }
        )
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    write_text_whole(path, json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def as_json(found: StrikeAnalysis) -> dict[str, Any]:
    """Everything, as plain values."""
    strikes = strikes_by_target(found.result)
    return {
        "imminent": imminent_json(names_of(found.rows, found.imminent)),
        "near_wires": wires_line(found),
        "arborisk": arborisk.__version__,
        "directions": found.result.directions.words,
        "position_error_m": found.result.position_error_m,
        "failure": found.request.failure or NOT_STATED,
        "targets": [
            {
                "kind": one.target.kind,
                "target": one.target.name,
                "trees_in_reach": one.n_trees,
                "expected": one.expected,
                "expected_low": one.expected_low,
                "expected_high": one.expected_high,
                "consequences": consequence_sentences(one),
                "missing": list(one.consequences.missing) if one.consequences else [],
            }
            for one in strikes
        ],
        "pairs": pair_rows(found),
        "refused": [item.as_json() for item in found.checked.refused],
        "features_left_out": [
            {"kind": one.kind, "target": one.name, "reason": one.reason}
            for one in found.result.targets.refused
        ],
        "doubted": [*found.checked.doubts, *found.result.targets.doubts],
        "notes": list(found.notes),
        "limits": list(limits_of(found)),
    }
