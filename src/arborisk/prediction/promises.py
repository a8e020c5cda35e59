"""What a bundle can promise of each class."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from arborisk.bundle import Bundle
from arborisk.calibration import (
    MissRuleRefused,
    SetRule,
    attainable_coverage,
    find_miss_rule,
)
from arborisk.calibration.misses import tree_scores
from arborisk.errors import SettingsError
from arborisk.prediction.answers import NO_CALIBRATION
from arborisk.wording.percent import percent


@dataclass(frozen=True, slots=True)
class ClassPromise:
    """One class.

    Attributes:
        name: Short name of the class.
        title: Its title.
        n_groups: Groups held back that hold it.
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
    attainable: tuple[float, float]
    fewest_groups: int
    threshold: float | None
    referred: float | None
    misses: str

    def as_json(self) -> dict[str, Any]:
        """All of it for programs."""
        return asdict(self)


def promises_of(
    bundle: Bundle, *, coverage: float, miss_rate: float, confidence: float
) -> list[ClassPromise]:
    """Promises of each class, the likeliest first.

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
            score, _, _ = tree_scores(table, number, ordered=scheme.ordered)
            threshold = promise.threshold
            referred = float(promise.refers(score).mean())
            misses = (
                f"{title}: at most {percent(miss_rate, 'stated')} of such trees, one of each new "
                f"group, missed with {percent(confidence, 'stated')} confidence, if a person is "
                f"sent from a score of {threshold:.3f} on; that sends a person to "
                f"{percent(referred)} of the trees held back ({promise.n_missed} of "
                f"{promise.n_groups} drawn by lot missed)."
            )
        found.append(
            ClassPromise(
                item.name,
                item.title,
                rule.n_groups[number],
                attainable_coverage(rule.n_groups[number], coverage),
                rule.fewest_groups,
                threshold,
                referred,
                misses,
            )
        )
    return found
