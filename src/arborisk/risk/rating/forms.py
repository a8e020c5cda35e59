"""Keys and names of a form: known ones, each once, about what is there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.risk.rating.assessment import (
    DETAIL_KEYS,
    NOT_NAMED,
    Assessment,
    Belief,
    Option,
    Residual,
    RiskRow,
)
from arborisk.risk.rating.details import details_of, doubts_of
from arborisk.risk.rating.reading import (
    OCCUPANCY_CODES,
    checked_day,
    checked_flag,
    checked_level,
    checked_number,
    checked_text,
    checked_texts,
    checked_years,
    read_belief,
)
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
from arborisk.wording.counts import listed

Table = Mapping[str, Any]
RESIDUAL_KEYS = ("finding", "target", "failure", "impact", "consequences", "by")
_MOST_SHOWN = 20
_NAMES = ("name", "part", "condition", "finding", "target", "by")


def phrase_of(finding: Table) -> str:
    """Part and condition of a finding in one phrase, as pairs and options name it."""
    part, condition = finding.get("part", "tree"), finding.get("condition", "")
    return f"{part}, {condition}" if condition else str(part)


def tables_of(data: Table, key: str, keys: Sequence[str], where: str) -> list[dict[str, Any]]:
    """A list of tables with known keys; names in them are texts, and empty ones are left out.

    Raises:
        AssessmentError: No list of tables, an unknown key, or a name that is no text.
    """
    found = data.get(key)
    found = [] if found is None else found
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise AssessmentError(
            f"[[{key}]], a list of tables", repr(found)[:80], where, f"Begin each with [[{key}]]."
        )
    where = f"{where}, [[{key}]]"
    return [_table(one, keys, where) for one in found]


def check_keys(data: Table, keys: Sequence[str], where: str) -> None:
    """Refuses unknown keys: what they say would be lost.

    Raises:
        AssessmentError: An unknown key, with the nearest known one.
    """
    for key in data:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            question = f"Did you mean {near[0]!r}? " if near else ""
            raise AssessmentError(
                f"one of the keys {', '.join(keys)}",
                repr(key),
                where,
                f"{question}Correct the key, or delete it.",
            )


def check_pairs(
    pairs: Sequence[Table], findings: Sequence[Table], targets: Sequence[Table], where: str
) -> None:
    """Refuses targets without a name or of one name, and pairs of what is not there.

    Raises:
        AssessmentError: Such a one; lists the names there are.
    """
    names = [target.get("name", "") for target in targets]
    phrases = [phrase_of(finding) for finding in findings]
    for what, given in (("name of each target", names), ("part and condition", phrases)):
        twice = [name for name, n_times in Counter(given).items() if n_times > 1 or not name]
        if twice:
            found = f"{listed(map(repr, twice), most=_MOST_SHOWN)} among {len(given)}"
            raise AssessmentError(f"one {what}, used once", found, where, "Name them apart.")
    for pair in pairs:
        for key, known in (("target", set(names)), ("finding", _findings(findings))):
            _check_name(key, pair.get(key, ""), known, f"{where}, [[pairs]]")


def check_options(
    options: Sequence[Table], findings: Sequence[Table], targets: Sequence[Table], where: str
) -> None:
    """Refuses options about what is not there: they would seem to change nothing.

    Raises:
        AssessmentError: Such a one; lists the names there are.
    """
    known = {"target": {target["name"] for target in targets}, "finding": _findings(findings)}
    for option in options:
        place = f"{where}, option {option.get('name', '')!r}"
        for name in checked_texts(option.get("removes_targets"), "removes_targets", place):
            _check_name("target", name, known["target"], place)
        for residual in tables_of(option, "residual", RESIDUAL_KEYS, place):
            for key in known:
                if key in residual:
                    _check_name(key, residual[key], known[key], place)


def _table(one: Table, keys: Sequence[str], where: str) -> dict[str, Any]:
    check_keys(one, keys, where)
    texts = {key: checked_text(one[key], key, where) for key in _NAMES if key in one}
    rest = {key: value for key, value in one.items() if key not in texts}
    return rest | {key: text for key, text in texts.items() if text}


def _findings(findings: Sequence[Table]) -> set[str]:
    """What findings may be called: part and condition, or the part alone."""
    return {phrase_of(one) for one in findings} | {one.get("part", "tree") for one in findings}


def _check_name(key: str, name: str, known: Iterable[str], where: str) -> None:
    if name not in known:
        raise AssessmentError(
            f"a {key} of this form: {listed(sorted(known), last='', most=_MOST_SHOWN)}",
            repr(name),
            where,
            "Correct the name.",
        )


def read_form_file(path: Path) -> Mapping[str, Any]:
    """The keys of a form, before any of them is understood.

    Raises:
        AssessmentError: Not UTF-8, not TOML or JSON (by the suffix), a key twice, a number that is
            not finite, nested too deep, too large, or no table; says where and what to write.
    """
    if path.suffix.lower() != ".json":
        return read_toml(path, "a form", AssessmentError)
    data = read_json(path, "a form", AssessmentError, strict=True)
    if not isinstance(data, dict):
        raise AssessmentError(
            "a table of keys", f"a {type(data).__name__}", str(path), "Give one tree a file."
        )
    return data


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
    """An assessment from a form that was read by `arborisk.risk.rating.forms.read_form_file`.

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
