"""Keys and names of a form: known ones, each once, about what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.risk.checks import checked_text, checked_texts
from arborisk.wording.lists import listed

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
