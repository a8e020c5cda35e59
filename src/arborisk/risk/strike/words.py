"""Strike results in words, rows and JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

import arborisk
from arborisk.files import write_text_whole
from arborisk.risk.storm.places import DEGREES
from arborisk.risk.storm.words import count_words
from arborisk.risk.strike.analysis import StrikeAnalysis
from arborisk.risk.strike.by_target import TargetStrikes, strikes_by_target
from arborisk.risk.strike.targets import KINDS, NEAR_WIRES
from arborisk.risk.strike.utility import NOT_STATED, Range, contact_words

LIMITS = (
    "Level ground, a straight stem that turns about its base, nothing in between: other trees, "
    "poles and buildings may hold it up or let it pass. On a slope the reach is another.",
    "Chances of a strike given that the tree fails as a whole. Branches that fall are not in them.",
)


STEM_ALONE = (
    "The stem's axis alone: a wide crown meets more, so these chances are too low for wide crowns "
    "beside a line. With --crown a strip as wide as the crown falls, which is too much for most."
)
WITH_CROWN = (
    "A strip as wide as the crown, all along the stem: more than most crowns are, so these chances "
    "are rather too high. Without --crown they are those of the stem's axis alone."
)


def limits_of(found: StrikeAnalysis) -> tuple[str, ...]:
    """What the numbers leave out."""
    return (*LIMITS, WITH_CROWN if found.request.crown else STEM_ALONE)


def headline(found: StrikeAnalysis) -> str:
    """What came out, in a sentence."""
    result = found.result
    parts = []
    for kind, chance in zip(KINDS, result.by_kind, strict=True):
        n_trees = int((chance.value > 0).sum())
        if any(target.kind == kind for target in result.targets.targets):
            parts.append(f"{n_trees} could meet a {kind}")
    return f"Of {len(result.trees)} trees, should they fail, {', '.join(parts)}."


def detail_sentences(found: StrikeAnalysis) -> list[str]:
    """What stands behind the numbers; what to do near wires first."""
    result, lines = found.result, []
    if (result.by_kind[0].value > 0).any():
        lines.append(f"Trees within reach of a line: {NEAR_WIRES}")
    lines.append(
        f"Direction of fall: {result.directions.words}. Error of a tree's place: "
        f"{result.position_error_m:g} m (standard deviation of each coordinate); intervals are "
        "over it, the height, and the height of conductors."
    )
    n_brittle = int(result.trees.brittle.sum())
    if n_brittle:
        lines.append(f"Dead or brittle, so that parts reach 1.5 times the height: {n_brittle}.")
    if found.request.failure:
        lines.append(
            f"Expected strikes use {found.request.failure} of the inventory; their intervals are "
            "its own, all trees at the same end at once. Failing and falling that way are taken as "
            "independent."
        )
    else:
        lines.append(
            "No chance of failure was given (--failure), so nothing is said of how many strikes "
            "to expect."
        )
    if found.checked.refused:
        lines.append(
            f"{len(found.checked.refused)} of {len(found.table.rows)} trees could not be computed "
            f"and are not in any count. The first: {found.checked.refused[0][2]}"
        )
    if result.targets.refused:
        lines.append(
            f"{len(result.targets.refused)} features were left out. The first: "
            f"{result.targets.refused[0]}"
        )
    return lines


TARGET_COLUMNS = ("target", "kind", "trees in reach", "expected strikes", "interval")


def target_rows(strikes: list[TargetStrikes]) -> list[list[str]]:
    """Cells under `TARGET_COLUMNS`."""
    return [
        [
            one.target.name,
            one.target.kind,
            f"{one.n_trees:,}",
            NOT_STATED if one.expected is None else count_words(one.expected),
            NOT_STATED
            if one.expected_low is None or one.expected_high is None
            else f"{count_words(one.expected_low)} to {count_words(one.expected_high)}",
        ]
        for one in strikes
    ]


def consequence_sentences(one: TargetStrikes) -> list[str]:
    """Direct and indirect consequences of strikes on a circuit, as stated by its owner."""
    said = one.consequences
    if said is None:
        return [one.note] if one.note else []
    direct = _amount(one.repair_cost, said.repair_cost, "repair", "a strike")
    outage = _amount(one.customer_hours, said.customer_hours, "customer-hours", "a strike")
    flags = {None: NOT_STATED, True: "yes", False: "no"}
    lines = [
        f"Direct: {direct}.",
        f"Indirect: {outage}; ground that could catch fire: {flags[said.fire_ground]}; people "
        f"below: {flags[said.people_below]}.",
    ]
    if said.missing:
        lines.append(f"To be stated by the owner, in the layer: {', '.join(said.missing)}.")
    return lines


def _amount(expected: Range | None, of_one: Range | None, what: str, unit: str) -> str:
    if of_one is None:
        return f"{what} {NOT_STATED}"
    text = f"{what} {of_one.low:,.4g} to {of_one.high:,.4g} {unit}"
    if expected is None:
        return text
    low, high = count_words(expected.low), count_words(expected.high)
    return f"{text}, {low} to {high} expected were each strike one of its own"


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
                "p_strike": _five(result.pair.value[pair]),
                "p_strike_low": _five(result.pair.low[pair]),
                "p_strike_high": _five(result.pair.high[pair]),
                "energy_share": _five(share) if is_line else None,
                "contact": contact_words(share) if is_line else "",
                "near_wires": NEAR_WIRES if is_line else "",
            }
        )
    return rows


def tree_rows(found: StrikeAnalysis) -> list[dict[str, Any]]:
    """One row for each row of the inventory: the input, then ``p_line``, ``p_road`` and so on."""
    result, table = found.result, found.table
    placed = {int(place): tree for tree, place in enumerate(result.trees.place)}
    reasons = {row: reason for row, _, reason in found.checked.refused}
    names = [f"p_{kind}{end}" for kind in KINDS for end in ("", "_low", "_high")]
    made = {"strike_status", "strike_reason", "reach_m", "near_wires", *names}
    rows = []
    for place, label in enumerate(table.rows):
        row: dict[str, Any] = {
            f"input_{name}" if name in made else name: cells[place]
            for name, cells in table.columns.items()
        }
        tree = placed.get(place)
        row["strike_status"] = "refused" if tree is None else "computed"
        row["strike_reason"] = reasons.get(label, "")
        row["reach_m"] = "" if tree is None else _five(result.reach_m[tree])
        for kind, chance in zip(KINDS, result.by_kind, strict=True):
            for end, values in (("", chance.value), ("_low", chance.low), ("_high", chance.high)):
                row[f"p_{kind}{end}"] = "" if tree is None else _five(values[tree])
        wires = tree is not None and result.by_kind[0].high[tree] > 0
        row["near_wires"] = NEAR_WIRES if wires else ""
        rows.append(row)
    return rows


def write_rows(rows: list[dict[str, Any]], path: Path) -> Path:
    """Writes rows as CSV; gives the path."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["tree_id"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text_whole(path, text.getvalue())
    return path


def write_zones(found: StrikeAnalysis, path: Path) -> Path:
    """Writes each tree's fall zone as a GeoJSON polygon of 64 corners; gives the path."""
    result, frame = found.result, found.checked.frame
    around = np.radians(np.linspace(0.0, 360.0, 65))
    features = []
    for tree, name in enumerate(result.trees.tree_id):
        x, y = frame.back(
            result.trees.x_m[tree] + result.reach_m[tree] * np.sin(around),
            result.trees.y_m[tree] - result.reach_m[tree] * np.cos(around),
        )
        features.append(
            {
                "type": "Feature",
                "properties": {"tree_id": name, "reach_m": _five(result.reach_m[tree])}
                | {f"p_{kind}": _five(chance.value[tree])
                   for kind, chance in zip(KINDS, result.by_kind, strict=True)},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [np.column_stack([x, y]).round(7).tolist()],
                },
            }
        )  # fmt: skip
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if frame.system != DEGREES:
        content["crs"] = {"type": "name", "properties": {"name": frame.system}}
    write_text_whole(path, json.dumps(content, ensure_ascii=False) + "\n")
    return path


def as_json(found: StrikeAnalysis) -> dict[str, Any]:
    """Everything, as plain values."""
    strikes = strikes_by_target(found.result)
    return {
        "arborisk": arborisk.__version__,
        "directions": found.result.directions.words,
        "position_error_m": found.result.position_error_m,
        "failure": found.request.failure or NOT_STATED,
        "near_wires": NEAR_WIRES,
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
        "refused": [
            {"row": row, "tree_id": name, "reason": reason}
            for row, name, reason in found.checked.refused
        ],
        "features_left_out": list(found.result.targets.refused),
        "limits": list(limits_of(found)),
    }


def _five(value: float) -> float | None:
    """Five digits."""
    return float(f"{value:.5g}") if np.isfinite(value) else None
