"""What a bundle can promise of each class, and at what price."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from arborisk.bundle.load import Bundle
from arborisk.calibration.misses import MissRuleRefused, attainable_coverage, find_miss_rule
from arborisk.calibration.sets import SetPrice, SetRule, sets_held_back
from arborisk.errors import SettingsError
from arborisk.prediction.answer_rule import answers_by
from arborisk.prediction.answers import NO_CALIBRATION, Answering
from arborisk.prediction.options import USUAL
from arborisk.wording.sentences import AnswerRule


@dataclass(frozen=True, slots=True)
class ClassPromise:
    """One class.

    Attributes:
        name: Short name of the class.
        title: Its title.
        n_groups: Groups held back that hold it.
        n_said: Photos held back that the model answers so, by the rule that it records.
        attainable: Range of the coverage of its sets, see
            `arborisk.calibration.attainable_coverage`.
        fewest_groups: Groups below which it is never ruled out.
        threshold: Score from which a person is sent, or None where nothing can be promised.
        referred: Share of the trees held back that this sends a person to, or None.
        misses: The promise on misses, or its refusal, in a sentence.
    """

    name: str
    title: str
    n_groups: int
    n_said: int
    attainable: tuple[float, float]
    fewest_groups: int
    threshold: float | None
    referred: float | None
    misses: str


@dataclass(frozen=True, slots=True)
class Promises:
    """All that a bundle can promise.

    Attributes:
        cautions: What takes from its answers, a sentence each, the verdict on the model first.
        classes: Promises of each class, the likeliest first.
        answer_rule: Rule by which it answers unless told otherwise.
        answer_words: The rule in words, and what it misses.
        set_price: What the sets cost, or None where too few groups were held back to measure it.
        set_price_words: The same in a sentence, or "".
    """

    cautions: tuple[str, ...]
    classes: tuple[ClassPromise, ...]
    answer_rule: AnswerRule
    answer_words: str
    set_price: SetPrice | None
    set_price_words: str

    def as_json(self) -> dict[str, Any]:
        """All of it for programs."""
        return asdict(self)


def promises_of(
    bundle: Bundle, *, coverage: float, miss_rate: float, confidence: float
) -> Promises:
    """What it can promise.

    Args:
        bundle: The model.
        coverage: Share of sets that shall hold the true class, in (0, 1).
        miss_rate: Largest share of a class that may be missed, in (0, 1).
        confidence: Least chance that it holds, in (0, 1).

    Raises:
        SettingsError: The bundle carries no calibration.
    """
    if bundle.calibration is None:
        raise SettingsError(
            *NO_CALIBRATION, str(bundle.folder), "Train without --refit, with groups kept whole."
        )
    scheme, table = bundle.description.scheme, bundle.calibration.table
    rule = SetRule.of(table, coverage=coverage, ordered=scheme.ordered, kind="class_conditional")
    answering = Answering(bundle, USUAL)
    said = answers_by(
        answering.rule,
        bundle.description,
        raw=table.probability,
        probability=bundle.calibration.map.apply(table.log_probability[:, None, :]).mean(axis=1),
        costs=answering.costs,
    )
    found = []
    for number, item in reversed(list(enumerate(scheme.classes))):
        above = scheme.ordered and number + 1 < len(scheme.classes)
        title = f"{item.title} or likelier" if above else item.title
        promise = find_miss_rule(
            table, number, miss_rate=miss_rate, confidence=confidence, ordered=scheme.ordered
        )
        threshold = referred = None
        if isinstance(promise, MissRuleRefused):
            misses = promise.sentence(title)
        elif scheme.ordered and number == 0:
            misses = "Every tree is of this class or a likelier one: all of them are referred."
        else:
            threshold, referred = promise.threshold, promise.referred
            misses = promise.sentence(title)
        found.append(
            ClassPromise(
                item.name,
                item.title,
                rule.n_groups[number],
                int((said == number).sum()),
                attainable_coverage(rule.n_groups[number], coverage),
                rule.fewest_groups,
                threshold,
                referred,
                misses,
            )
        )
    price = SetPrice.of(sets_held_back(table, coverage=coverage, ordered=scheme.ordered))
    return Promises(
        bundle.description.cautions,
        tuple(found),
        answering.rule,
        answering.rule_words,
        price,
        price.sentence(scheme.classes[-1].title) if price else "",
    )
