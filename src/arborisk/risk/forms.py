"""An assessment from a form in TOML or JSON: targets, findings, pairs of them, options."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import Assessment, Option, Residual, RiskRow
from arborisk.risk.belief import NOT_NAMED, Belief
from arborisk.risk.checks import (
    checked_day,
    checked_flag,
    checked_level,
    checked_number,
    checked_text,
    checked_texts,
    checked_years,
)
from arborisk.risk.details import DETAIL_KEYS
from arborisk.risk.form_checks import (
    RESIDUAL_KEYS,
    Table,
    check_keys,
    check_options,
    check_pairs,
    phrase_of,
    tables_of,
)
from arborisk.risk.form_details import details_of, doubts_of
from arborisk.risk.reading_words import OCCUPANCY_CODES, read_belief
from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    TargetZone,
)

TREE_KEYS = (
    *("tree", "assessor", "date", "level", "time_frame_years", "limitations", *DETAIL_KEYS),
    *("targets", "findings", "pairs", "options"),
)
_IMPACT_KEYS = ("impact", "occupancy", "protection", "zone", "fall_direction")
TARGET_KEYS = ("name", "always_there", "consequences", "by", *_IMPACT_KEYS)
FINDING_KEYS = ("part", "condition", "failure", "by")
PAIR_KEYS = ("finding", "target", "consequences", "by", *_IMPACT_KEYS)
OPTION_KEYS = ("name", "cost", "removes_tree", "removes_targets", "residual")


NEEDED = {
    "level": "Level not stated: taken as Level 1, the least.",
    "time_frame_years": "Time frame not stated: a likelihood without one means little. State it.",
}
"""What every report must state, and what is said where a few words on the command line do not."""


def assessment_of(data: Table, *, where: str, few_words: bool = False) -> Assessment:
    """An assessment from a form that was read by `arborisk.risk.form_file.read_form_file`.

    Args:
        data: The form.
        where: What it is, for messages.
        few_words: Whether level and time frame may be missing, as in a look-up of a few words: the
            level is then taken as the least, and both are said among the notes.
    """
    missing = [name for name in NEEDED if data.get(name) in (None, "")] if few_words else []
    if "level" in missing:
        data = {**data, "level": 1}
    check_keys(data, TREE_KEYS, where)
    assessor = checked_text(data.get("assessor"), "assessor", where)
    by = assessor or NOT_NAMED
    targets = tables_of(data, "targets", TARGET_KEYS, where)
    findings = tables_of(data, "findings", FINDING_KEYS, where)
    pairs = tables_of(data, "pairs", PAIR_KEYS, where)
    options = tables_of(data, "options", OPTION_KEYS, where)
    check_pairs(pairs, findings, targets, where)
    check_options(options, findings, targets, where)
    details = details_of(data, where)
    date = checked_day(data.get("date"), "date", where)
    return Assessment(
        tree=checked_text(data.get("tree"), "tree", where) or "not named",
        assessor=assessor,
        date=date,
        details=details,
        level=checked_level(data.get("level"), where),
        time_frame_years=math.nan
        if "time_frame_years" in missing
        else checked_years(data.get("time_frame_years"), where),
        notes=(*(NEEDED[name] for name in missing), *doubts_of(details, date)),
        rows=tuple(
            risk_row(finding, target, _pair(pairs, finding, target), by, where)
            for finding in findings
            for target in targets
        ),
        options=tuple(_option(one, by, where) for one in options),
        limitations=checked_texts(data.get("limitations"), "limitations", where),
    )


def risk_row(
    finding: Table,
    target: Table,
    pair: Table,
    by: str,
    where: str,
    codes: Mapping[str, str] | None = OCCUPANCY_CODES,
) -> RiskRow:
    """One finding above one target.

    Args:
        finding: With the keys `FINDING_KEYS`.
        target: With the keys `TARGET_KEYS`.
        pair: What is said of both together, which goes before what the target says.
        by: Who answers for what names nobody else.
        where: File and row, for messages.
        codes: Numbers that stand for words of occupancy.
    """
    part, condition = str(finding.get("part", "tree")), str(finding.get("condition", ""))
    phrase = phrase_of(finding)
    name = str(target["name"])

    def read(kind: type[Any], key: str, words: str, missing: str | None = None) -> Belief[Any]:
        source, about = (pair, f"{phrase} and {name}") if key in pair else (target, name)
        return read_belief(
            kind,
            source.get(key, missing),
            name=f"{words} of {about}",
            by=str(source.get("by", by)),
            where=where,
            codes=codes if kind is Occupancy else None,
        )

    occupancy = read(Occupancy, "occupancy", "occupancy")
    if checked_flag(target.get("always_there"), "always_there", f"{where}, target {name}"):
        if not (occupancy.is_missing or occupancy.possible == (Occupancy.CONSTANT,)):
            raise AssessmentError(
                "occupancy Constant for a target that is always there",
                occupancy.words,
                f"{where}, target {name}",
                "Leave out occupancy, or always_there.",
            )
        occupancy = read_belief(
            Occupancy, "Constant", name=occupancy.name, by=str(target.get("by", by)), where=where
        )
    impact = read(ImpactLikelihood, "impact", "likelihood of impact")
    direction = read(FallDirection, "fall_direction", "fall direction")
    if direction.is_missing:
        # The default rule's table is for a direction that nobody knows.
        direction = read_belief(
            FallDirection, "Neither", name=direction.name, by="default rule", where=where
        )
    return RiskRow(
        part=part,
        condition=condition,
        target=name,
        failure=read_belief(
            FailureLikelihood,
            finding.get("failure"),
            name=f"likelihood of failure of {phrase}",
            by=str(finding.get("by", by)),
            where=where,
        ),
        consequences=read(Consequence, "consequences", "consequences"),
        impact=None if impact.is_missing else impact,
        occupancy=occupancy,
        protection=read(Protection, "protection", "protection"),
        zone=read(TargetZone, "zone", "fall zone"),
        direction=direction,
    )


def _option(table: Table, by: str, where: str) -> Option:
    name = str(table.get("name", "option"))
    place = f"{where}, option {name!r}"
    cost = table.get("cost")
    return Option(
        name=name,
        cost=None if cost is None else checked_number(cost, "cost", place, low=0.0),
        removes_tree=checked_flag(table.get("removes_tree"), "removes_tree", place),
        removes_targets=checked_texts(table.get("removes_targets"), "removes_targets", place),
        residuals=tuple(
            _residual(one, name, by, where)
            for one in tables_of(table, "residual", RESIDUAL_KEYS, where)
        ),
    )


def _residual(table: Table, option: str, by: str, where: str) -> Residual:
    by = str(table.get("by", by))

    def read(kind: type[Any], key: str) -> Belief[Any] | None:
        if key not in table:
            return None
        name = f"{key} after {option}"
        return read_belief(kind, table[key], name=name, by=by, where=where)

    return Residual(
        finding=str(table.get("finding", "")),
        target=str(table.get("target", "")),
        failure=read(FailureLikelihood, "failure"),
        impact=read(ImpactLikelihood, "impact"),
        consequences=read(Consequence, "consequences"),
    )


def _pair(pairs: Sequence[Table], finding: Table, target: Table) -> Table:
    """What is said of a finding and a target together."""
    names = (phrase_of(finding), str(finding.get("part", "tree")))
    found: Table = {}
    for pair in pairs:
        if str(pair["target"]) == str(target["name"]) and str(pair["finding"]) in names:
            found = {**found, **pair}
    return found
