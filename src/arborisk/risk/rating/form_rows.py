"""One tree of a table as an assessment, and an assessment as a table or a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.files import write_text_whole
from arborisk.risk.portfolio.inputs import sort_inspections
from arborisk.risk.rating.assessment import (
    NOT_NAMED,
    SIZES,
    TEXTS,
    Assessment,
    Belief,
    Details,
    RiskRow,
)
from arborisk.risk.rating.details import details_of, doubts_of
from arborisk.risk.rating.forms import PAIR_KEYS, risk_row
from arborisk.risk.rating.reading import checked_day, checked_level, checked_text, checked_years
from arborisk.tables.role_table import RoleTable
from arborisk.tables.write import write_table

COLUMNS = (
    *("tree", "part", "condition_of_concern", "target", "failure", "impact", "occupancy"),
    *("protection", "zone", "fall_direction", "consequences", "by"),
)
_INPUTS = {
    "impact": "likelihood of impact",
    "occupancy": "occupancy",
    "protection": "protection",
    "zone": "fall zone",
    "fall_direction": "fall direction",
    "consequences": "consequences",
}


def assessment_of_rows(table: RoleTable, about: Mapping[str, Any]) -> Assessment:
    """One tree of a table; each of its rows keeps its own words.

    Args:
        table: An inventory, as `arborisk risk inventory` takes it.
        about: Keys of a form that describe the tree and the visit: ``tree``, where there are
            several; ``level`` and ``time_frame_years``, which a table does not state; others.

    Raises:
        AssessmentError: No such tree, rows of which it cannot be told which is the latest, or two
            likelihoods of one part and condition.
    """
    column = {name: table.text(name) for name in COLUMNS}
    inspections = sort_inspections(table, column["tree"])
    source = table.table.source
    names = list(dict.fromkeys(column["tree"]))
    tree = about.get("tree")
    assessor = checked_text(about.get("assessor"), "assessor", source)
    if tree is None and len(names) == 1:
        tree = names[0]
    if tree not in names:
        raise AssessmentError(
            "one tree of the table",
            repr(tree),
            source,
            Remedy("Name it with {}.", option("--tree", "risk rate")),
        )
    if tree in inspections.conflicts:
        raise AssessmentError(
            f"one inspection of tree {tree}",
            inspections.conflicts[str(tree)],
            source,
            "Add a date of inspection, or distinguish rows by part, condition or target.",
        )
    rows: list[RiskRow] = []
    likelihood: dict[tuple[str, str], str] = {}
    for number in [place for place, name in enumerate(column["tree"]) if name == tree]:
        if number in inspections.history:
            continue
        cells = {name: column[name][number] for name in COLUMNS}
        finding = (cells["part"] or "tree", cells["condition_of_concern"])
        if likelihood.setdefault(finding, cells["failure"]) != cells["failure"]:
            raise AssessmentError(
                f"one likelihood of failure of {finding[0]} {finding[1]}".rstrip(),
                f"{likelihood[finding]!r} and {cells['failure']!r}",
                table.where(number),
                "Distinguish the findings by part or condition.",
            )
        rows.append(_row(cells, assessor or NOT_NAMED, table.where(number)))
    details = details_of(about, source)
    date = checked_day(about.get("date"), "date", source)
    return Assessment(
        tree=str(tree),
        assessor=assessor,
        date=date,
        details=details,
        level=checked_level(about.get("level"), source),
        time_frame_years=checked_years(about.get("time_frame_years"), source),
        notes=tuple(doubts_of(details, date)),
        rows=tuple(rows),
    )


def _row(cells: Mapping[str, str], by: str, where: str) -> RiskRow:
    finding = {"part": cells["part"] or "tree", "condition": cells["condition_of_concern"]}
    by = cells["by"] or by
    pair = {key: cells[key] for key in _INPUTS}
    target = {"name": cells["target"] or "target"}
    finding |= {"failure": cells["failure"]}
    return risk_row(finding, target, pair, by, where, codes=None)


def form_of(assessment: Assessment) -> dict[str, Any]:
    """A form that reads back to the same assessment; without its options and notes."""
    targets: dict[str, dict[str, Any]] = {}
    findings: dict[str, dict[str, Any]] = {}
    pairs = []
    for row in assessment.rows:
        target = targets.setdefault(row.target, {"name": row.target})
        findings.setdefault(
            row.finding,
            {"part": row.part, "condition": row.condition} | _stated("failure", row.failure),
        )
        pair: dict[str, Any] = {"finding": row.finding, "target": row.target}
        for key, words in _INPUTS.items():
            belief = row.direction if key == "fall_direction" else getattr(row, key)
            if belief is not None:
                place = target if belief.name == f"{words} of {row.target}" else pair
                place |= _stated(key, belief)
        if len(pair) > 2:
            pairs.append({key: pair[key] for key in PAIR_KEYS if key in pair})
    found: dict[str, Any] = {
        "tree": assessment.tree,
        "assessor": assessment.assessor,
        "date": assessment.date,
        **_described(assessment.details),
        "level": assessment.level,
        "time_frame_years": assessment.time_frame_years,
        "limitations": list(assessment.limitations),
        "targets": list(targets.values()),
        "findings": list(findings.values()),
    }
    return found | ({"pairs": pairs} if pairs else {})


def _described(details: Details) -> dict[str, Any]:
    """What describes the tree and the visit, without what is not stated."""
    found: dict[str, Any] = {key: getattr(details, key) for key in TEXTS}
    found |= {"latitude": details.latitude, "longitude": details.longitude}
    found |= {key: size.written for key in SIZES if (size := details.sizes.get(key))}
    found |= {"notes": list(details.notes), "next_inspection": details.next_inspection}
    return {key: value for key, value in found.items() if value not in ("", None, [])}


def write_form(assessment: Assessment, path: Path) -> None:
    """Writes the form as TOML or JSON, or its rows as CSV, by the suffix.

    Raises:
        AssessmentError: Another suffix.
    """
    form, suffix = form_of(assessment), path.suffix.lower()
    if suffix == ".json":
        write_text_whole(path, json.dumps(form, indent=2, ensure_ascii=False) + "\n")
    elif suffix == ".toml":
        write_text_whole(path, _toml(form))
    elif suffix == ".csv":
        write_table(path, COLUMNS, [_cells(assessment, row) for row in assessment.rows])
    else:
        raise AssessmentError(
            "a name that ends in .toml, .json or .csv",
            path.name,
            "--save-form",
            "Give the file a name with one of these endings.",
        )


def _stated(key: str, belief: Belief[Any]) -> dict[str, Any]:
    """One input as a form holds it; nothing where nobody gave it."""
    if belief.is_missing or belief.by == "default rule":
        return {}
    if len(belief.masses) == 1:
        value: Any = _words(belief.masses[0][0])
    else:
        value = {_words(levels): weight for levels, weight in belief.masses}
    return {key: value, "by": belief.by}


def _cells(assessment: Assessment, row: RiskRow) -> dict[str, str]:
    told = {"failure": row.failure} | {
        key: row.direction if key == "fall_direction" else getattr(row, key) for key in _INPUTS
    }
    cells = {"tree": assessment.tree, "part": row.part, "condition_of_concern": row.condition}
    cells |= {"target": row.target, "by": assessment.assessor}
    for key, belief in told.items():
        stated = {} if belief is None else _stated(key, belief)
        if isinstance(stated.get(key), dict):
            raise AssessmentError(
                "words or ranges, which a cell can hold",
                f"chances of the {belief.name}",
                "--save-form",
                "Write a form in TOML or JSON.",
            )
        cells[key] = str(stated.get(key, ""))
    return cells


def _words(levels: tuple[Any, ...]) -> str:
    return " | ".join(level.word for level in levels)


def _toml(form: Mapping[str, Any]) -> str:
    """Plain TOML: strings, numbers, lists, and tables of them."""
    lines = []
    for key, value in form.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for table in value:
                lines += ["", f"[[{key}]]", *(f"{name} = {_value(v)}" for name, v in table.items())]
        else:
            lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {one!r}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
