"""An assessment from a form in TOML or JSON: targets, findings, pairs of them, options."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import Assessment, Option, Residual, RiskRow
from arborisk.risk.belief import Belief
from arborisk.risk.checks import checked_level, checked_number, checked_years
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
from arborisk.text_files import read_json, read_toml

Table = Mapping[str, Any]
NOT_NAMED = "not named"
"""Who gave a word where no assessor is named; unlike a word that nobody gave."""
TREE_KEYS = (
    *("tree", "assessor", "date", "level", "time_frame_years", "limitations"),
    *("targets", "findings", "pairs", "options"),
)
_IMPACT_KEYS = ("impact", "occupancy", "protection", "zone", "fall_direction")
TARGET_KEYS = ("name", "always_there", "consequences", "by", *_IMPACT_KEYS)
FINDING_KEYS = ("part", "condition", "failure", "by")
PAIR_KEYS = ("finding", "target", "consequences", "by", *_IMPACT_KEYS)
OPTION_KEYS = ("name", "cost", "removes_tree", "removes_targets", "residual")
RESIDUAL_KEYS = ("finding", "target", "failure", "impact", "consequences", "by")


NEEDED = {
    "level": "Level not stated: taken as Level 1, the least.",
    "time_frame_years": "Time frame not stated: a likelihood without one means little. State it.",
}
"""What every report must state, and what is said where a few words on the command line do not."""


def read_form(path: Path) -> Assessment:
    """Reads one tree from a TOML or JSON file.

    Raises:
        AssessmentError: An unknown key, word or impossible value; says where and what to write.
    """
    read = read_json if path.suffix.lower() == ".json" else read_toml
    data = read(path, "a form", AssessmentError)
    if not isinstance(data, dict):
        raise AssessmentError("a table of keys", "a list", str(path), "Give one tree a file.")
    return assessment_of(data, where=str(path))


def assessment_of(data: Table, *, where: str, few_words: bool = False) -> Assessment:
    """An assessment from a form already read; see `read_form`.

    Args:
        data: The form.
        where: What it is, for messages.
        few_words: Whether level and time frame may be missing, as in a look-up of a few words: the
            level is then taken as the least, and both are said among the notes.
    """
    missing = [name for name in NEEDED if data.get(name) in (None, "")] if few_words else []
    if "level" in missing:
        data = {**data, "level": 1}
    _check_keys(data, TREE_KEYS, where)
    by = str(data.get("assessor", "")) or NOT_NAMED
    targets = _tables(data, "targets", TARGET_KEYS, where)
    findings = _tables(data, "findings", FINDING_KEYS, where)
    pairs = _tables(data, "pairs", PAIR_KEYS, where)
    options = _tables(data, "options", OPTION_KEYS, where)
    _check_pairs(pairs, findings, targets, where)
    _check_options(options, findings, targets, where)
    return Assessment(
        tree=str(data.get("tree", "not named")),
        assessor=str(data.get("assessor", "")),
        date=str(data.get("date", "")),
        level=checked_level(data.get("level"), where),
        time_frame_years=math.nan
        if "time_frame_years" in missing
        else checked_years(data.get("time_frame_years"), where),
        notes=tuple(NEEDED[name] for name in missing),
        rows=tuple(
            risk_row(finding, target, _pair(pairs, finding, target), by, where)
            for finding in findings
            for target in targets
        ),
        options=tuple(_option(one, by, where) for one in options),
        limitations=tuple(map(str, data.get("limitations", ()))),
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
    phrase = _phrase(finding)
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
    if target.get("always_there"):
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
    cost = table.get("cost")
    return Option(
        name=name,
        cost=None if cost is None else checked_number(cost, "cost", where, low=0.0),
        removes_tree=table.get("removes_tree") is True,
        removes_targets=tuple(map(str, table.get("removes_targets", ()))),
        residuals=tuple(
            _residual(one, name, by, where)
            for one in _tables(table, "residual", RESIDUAL_KEYS, where)
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


def _phrase(finding: Table) -> str:
    part, condition = str(finding.get("part", "tree")), str(finding.get("condition", ""))
    return f"{part}, {condition}" if condition else part


def _pair(pairs: Sequence[Table], finding: Table, target: Table) -> Table:
    """What is said of a finding and a target together."""
    names = (_phrase(finding), str(finding.get("part", "tree")))
    found: Table = {}
    for pair in pairs:
        if str(pair["target"]) == str(target["name"]) and str(pair["finding"]) in names:
            found = {**found, **pair}
    return found


def _check_pairs(
    pairs: Sequence[Table], findings: Sequence[Table], targets: Sequence[Table], where: str
) -> None:
    """Refuses targets without a name or of one name, and pairs of what is not there."""
    names = [str(target.get("name", "")) for target in targets]
    phrases = [_phrase(finding) for finding in findings]
    for what, listed in (("name of each target", names), ("part and condition", phrases)):
        if "" in listed or len(set(listed)) < len(listed):
            raise AssessmentError(
                f"one {what}, used once", ", ".join(map(repr, listed)), where, "Name them apart."
            )
    parts = {str(finding.get("part", "tree")) for finding in findings}
    for pair in pairs:
        for key, known in (("target", set(names)), ("finding", {*phrases, *parts})):
            if str(pair.get(key, "")) not in known:
                raise AssessmentError(
                    f"a {key} of this form: {', '.join(sorted(known))}",
                    repr(pair.get(key)),
                    f"{where}, [[pairs]]",
                    "Correct the name.",
                )


def _check_options(
    options: Sequence[Table], findings: Sequence[Table], targets: Sequence[Table], where: str
) -> None:
    """Refuses options about what is not there: they would seem to change nothing."""
    about_targets = {str(target["name"]) for target in targets}
    phrases = {_phrase(finding) for finding in findings}
    about_findings = phrases | {str(finding.get("part", "tree")) for finding in findings}
    for option in options:
        place = f"{where}, option {option.get('name', '')!r}"
        told = option.get("removes_targets", ())
        named = [("target", one, about_targets) for one in told]
        for residual in _tables(option, "residual", RESIDUAL_KEYS, place):
            for key, known in (("finding", about_findings), ("target", about_targets)):
                if key in residual:
                    named.append((key, residual[key], known))
        for key, name, known in named:
            if str(name) not in known:
                raise AssessmentError(
                    f"a {key} of this form: {', '.join(sorted(known))}",
                    repr(name),
                    place,
                    "Correct the name.",
                )


def _tables(data: Table, key: str, keys: Sequence[str], where: str) -> list[Table]:
    """A list of tables with known keys."""
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise AssessmentError(f"[[{key}]], a list of tables", repr(found), where, "Mend it.")
    for one in found:
        _check_keys(one, keys, f"{where}, [[{key}]]")
    return found


def _check_keys(data: Table, keys: Sequence[str], where: str) -> None:
    for key in data:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            question = f"Did you mean {near[0]!r}? " if near else ""
            raise AssessmentError(
                f"one of the keys {', '.join(keys)}", repr(key), where, f"{question}Correct it."
            )
