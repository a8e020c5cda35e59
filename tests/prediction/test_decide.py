"""The rules of decision: cases that any runtime must pass, and what no bundle may change."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from arborisk.bundle.rules import RulesRecord
from arborisk.prediction.decide import (
    AskedModel,
    Finding,
    Referral,
    gate_findings,
    model_asks,
    of_tree,
    package_rules,
    refer,
)

CASES = json.loads(files("arborisk.prediction").joinpath("cases.json").read_text("utf-8"))
RULES = package_rules()
DECISIONS = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")


def cases(kind):
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: case["id"])


@cases("asks")
def test_when_the_model_asks_for_a_person(case):
    given = {**case["input"], "titles": tuple(case["input"]["titles"])}
    assert model_asks(AskedModel(**given), RULES) == case["reason"]


@cases("gates")
def test_what_the_gates_stop(case):
    limits = {int(number): limit for number, limit in case["limits"].items()}
    found = gate_findings(case["measures"], limits, RULES)
    assert [[finding.gate, finding.action] for finding in found] == case["findings"]


@cases("photo")
def test_what_becomes_of_a_photo(case):
    rule_of = {rule.gate: rule for rule in RULES.gates}
    findings = [
        Finding(gate, rule_of[gate].outcome, rule_of[gate].sentence) for gate in case["gates"]
    ]
    referral = refer(case["asks"], findings, failed=case["failed"])
    assert referral == Referral(case["action"], tuple(case["reasons"]), case["asks_for_a_person"])


@cases("tree")
def test_what_becomes_of_a_tree(case):
    photos = [
        Referral(p["action"], tuple(p["reasons"]), p["asks_for_a_person"]) for p in case["photos"]
    ]
    assert of_tree(photos) == Referral(
        case["action"], tuple(case["reasons"]), case["asks_for_a_person"]
    )


def test_every_rule_decides_a_case():
    said = {case["reason"] for case in CASES["asks"]} - {""}
    assert len(said) >= len(RULES.asks)
    stopped = {gate for case in CASES["gates"] for gate, _ in case["findings"]}
    assert stopped == {rule.gate for rule in RULES.gates}
    for kind, rules in (("photo", RULES.photo), ("tree", RULES.tree)):
        assert {case["action"] for case in CASES[kind]} == {rule.outcome for rule in rules}


def test_the_documentation_states_every_rule_under_its_number():
    for rule in (*RULES.asks, *RULES.gates, *RULES.photo, *RULES.tree):
        row = next(line for line in DECISIONS.splitlines() if line.startswith(f"| {rule.number} |"))
        what = rule.gate if hasattr(rule, "gate") else rule.when
        assert what in row
        if rule.sentence:
            assert rule.sentence in row
        if isinstance(getattr(rule, "limit", None), float):
            assert f"{rule.limit:g}" in row
        if hasattr(rule, "outcome"):
            assert f"`{rule.outcome}`" in row


@pytest.mark.parametrize(
    "change",
    [
        lambda rules: rules["photo"][2].update(outcome="routine"),
        lambda rules: rules["photo"].pop(2),
        lambda rules: rules["asks"].reverse(),
        lambda rules: rules["tree"][0].update(when="never"),
        lambda rules: rules["gates"][0].update(outcome="routine"),
        lambda rules: rules["gates"][0].update(number=1),
        lambda rules: rules["gates"][6].update(sentence="a\x1b[2J"),
    ],
)
def test_no_bundle_turns_what_asks_for_a_person_into_routine(change):
    rules = RULES.model_dump(mode="json")
    change(rules)
    with pytest.raises(ValidationError):
        RulesRecord.model_validate(rules)


def test_a_strangers_sentence_is_text_and_no_more():
    rules = RULES.model_dump(mode="json")
    rules["photo"][0]["sentence"] = "{failure.__class__} {failure}"
    referral = refer((), failed="cut", rules=RulesRecord.model_validate(rules))
    assert referral.reasons == ("{failure.__class__} cut",)
