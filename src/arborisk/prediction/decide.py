"""What a person should do about a photo or a tree: numbered rules, held as data in rules.json.

**Aim.** Nobody leaves a tree because of this software. Whatever asks for a person sends one; a
photo that cannot be judged is taken again; and "routine" says only that nothing in the photo asks
for more. Each rule has a number, a condition, a threshold where it has one, an outcome and a
sentence. A bundle carries them, so that another program comes to the same answers; cases.json holds
inputs with what must come out. docs/decisions.md states the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from arborisk.bundle.rules import RulesRecord

Action = Literal["level_2", "retake", "not_a_tree", "routine"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate says of a photo.

    Attributes:
        gate: Name of the gate.
        action: What it asks for; a ``note`` asks for nothing.
        sentence: Why, in words.
    """

    gate: str
    action: Literal["level_2", "retake", "not_a_tree", "note"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Referral:
    """What to do, and why.

    Attributes:
        action: ``level_2``: send a person to inspect the tree from all sides. ``retake``: the photo
            does not allow an answer. ``not_a_tree``: no tree was recognised; a person must look at
            the photo. ``routine``: nothing in the photo asks for more.
        reasons: In words, the weightiest first.
        asks_for_a_person: Whether the model or a gate asked for one, whatever else stands above it.
    """

    action: Action
    reasons: tuple[str, ...]
    asks_for_a_person: bool = False


@dataclass(frozen=True, slots=True)
class AskedModel:
    """What the model says of a photo or tree, as far as rules 1 to 6 ask.

    Attributes:
        titles: Titles of the classes, ascending by likelihood where they have an order.
        answer: Class answered, by its place.
        inside: Whether each class is in the likelihood set.
        sought: Class that must not be missed, by its place; None where none is named and the
            classes have no order.
        ordered: Whether likelier classes count with `sought`.
        calibrated: Whether the bundle carries a calibration.
        score: What speaks for the class sought.
        threshold: Score from which on a person is sent, or None to go by the likelihood set.
    """

    titles: tuple[str, ...]
    answer: int
    inside: tuple[bool, ...]
    sought: int | None
    ordered: bool
    calibrated: bool = True
    score: float = 0.0
    threshold: float | None = None

    @property
    def sought_title(self) -> str:
        """The class sought, with the likelier ones that go with it, in words."""
        place = self.sought or 0
        above = " or likelier" if self.ordered and place + 1 < len(self.titles) else ""
        return self.titles[place] + above


@lru_cache
def package_rules() -> RulesRecord:
    """The rules that come with this version."""
    text = files("arborisk.prediction").joinpath("rules.json").read_text(encoding="utf-8")
    return RulesRecord.model_validate(json.loads(text))


def model_asks(model: AskedModel, rules: RulesRecord) -> str:
    """Why the model asks for a person, by rules 1 to 6, or "" where it does not."""
    place = model.sought or 0
    wanted = range(place, len(model.titles) if model.ordered else place + 1)
    by_set = model.threshold is None
    holds = {
        "not calibrated": not model.calibrated,
        "no class named": model.sought is None,
        "score at or above threshold": not by_set and model.score >= (model.threshold or 0.0),
        "answer is the class": by_set and model.answer in wanted,
        "no class ruled out": by_set and all(model.inside),
        "class not ruled out": by_set and any(model.inside[index] for index in wanted),
    }
    for rule in rules.asks:
        if holds[rule.when]:
            return _filled(
                rule.sentence,
                {
                    "class": model.sought_title,
                    "answer": model.titles[model.answer],
                    "score": f"{model.score:.3f}",
                    "threshold": f"{model.threshold or 0.0:.3f}",
                },
            )
    return ""


def gate_findings(
    measures: Mapping[str, float], limits: Mapping[int, float], rules: RulesRecord
) -> tuple[Finding, ...]:
    """What the gates say of a photo, by rules 7 to 14.

    Args:
        measures: What was measured of the photo, by name.
        limits: Limit by the number of the rule; a rule without one is off.
        rules: The rules in use.
    """
    return tuple(
        Finding(rule.gate, rule.outcome, rule.sentence)
        for rule in rules.gates
        if rule.number in limits
        and (
            measures[rule.measure] < limits[rule.number]
            if rule.stops == "below"
            else measures[rule.measure] > limits[rule.number]
        )
    )


def refer(
    asks: Sequence[str],
    findings: Sequence[Finding] = (),
    *,
    failed: str = "",
    rules: RulesRecord | None = None,
) -> Referral:
    """The referral of one photo, by rules 15 to 19; the first that holds decides.

    A photo without a tree cannot speak of one, so that this comes first; what the model said of it
    stays among the reasons. Next comes what asks for a person: a poor photo that worries the model
    sends one all the same.

    Args:
        asks: Reasons of the model to send a person, none if it has none.
        findings: What the gates say.
        failed: Why the photo could not be read, or "".
        rules: Those of the bundle; those of this version where None.
    """
    of = {
        action: [finding.sentence for finding in findings if finding.action == action]
        for action in ("not_a_tree", "level_2", "retake", "note")
    }
    asking = [*asks, *of["level_2"]]
    holds = {
        "unreadable": bool(failed),
        "a gate says not_a_tree": bool(of["not_a_tree"]),
        "the model asks or a gate says level_2": bool(asking),
        "a gate says retake": bool(of["retake"]),
        "nothing asks": True,
    }
    rule = next(rule for rule in (rules or package_rules()).photo if holds[rule.when])
    rest = (*of["retake"], *of["note"])
    if rule.when == "unreadable":
        return Referral(rule.outcome, (_filled(rule.sentence, {"failure": failed}),))
    if rule.when == "a gate says not_a_tree":
        doubtful = [_filled(rule.sentence, {"reason": reason}) for reason in asking]
        return Referral(rule.outcome, (*of["not_a_tree"], *doubtful, *rest), bool(asking))
    first = (rule.sentence,) if rule.sentence else tuple(asking)
    return Referral(rule.outcome, (*first, *rest), bool(asking))


def of_tree(photos: Sequence[Referral], rules: RulesRecord | None = None) -> Referral:
    """The referral of a tree from those of its photos, by rules 20 to 23.

    A person whom one photo asks for is sent, whatever the others show. Photos that cannot speak and
    ask for nobody leave the word to those that can; without any of these the tree must be
    photographed again.
    """
    if not photos:
        raise ValueError("a tree has at least one photo")
    seen = [photo for photo in photos if photo.action in ("level_2", "routine")]
    asking = [photo for photo in photos if photo.asks_for_a_person]
    speaking = {
        "a photo asks for a person, and one shows a tree or only failed": (
            asking if any(photo.action != "not_a_tree" for photo in photos) else []
        ),
        "a photo shows a tree": seen,
        "a photo shows no tree": [photo for photo in photos if photo.action == "not_a_tree"],
        "no photo can be judged": list(photos),
    }
    rule = next(rule for rule in (rules or package_rules()).tree if speaking[rule.when])
    reasons = dict.fromkeys(reason for photo in speaking[rule.when] for reason in photo.reasons)
    return Referral(rule.outcome, tuple(reasons), bool(asking))


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    """A sentence with its gaps filled; nothing else in it has a meaning, whoever wrote it."""
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    return sentence
