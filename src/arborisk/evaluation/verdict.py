"""The honest verdict on a run, in sentences; the first is the first line of every report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from arborisk.dataset.schemes import IMMINENT
from arborisk.evaluation.results import Evaluation
from arborisk.records import Interval
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.intervals import ends, interval_text, level_words
from arborisk.wording.leaks import leak_sentence
from arborisk.wording.percent import percent
from arborisk.wording.sentences import KEEP_AWAY

HEADLINE = "balanced_accuracy"
"""The metric of the verdict: any constant answer scores 1 / number of classes, so a rare class
cannot flatter it."""

Standing = Literal["degenerate", "leaking", "undecided", "worse", "better"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of a run.

    Attributes:
        standing: ``degenerate``: (nearly) one answer for all; ``leaking``: groups on both sides of
            the split, so that no comparison counts; ``undecided``: not distinguishable from the
            baseline, or too few trees to tell; ``worse`` and ``better`` than the baseline.
        sentence: The verdict in a sentence or two.
        cautions: What takes from it, for example a split that leaks; a sentence each.
        n_first: How many of the cautions belong even before the sentence: that the settings were
            chosen on these very photos.
    """

    standing: Standing
    sentence: str
    cautions: tuple[str, ...]
    n_first: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it in order: what was tuned on these photos, the verdict, the other cautions."""
        first, rest = self.cautions[: self.n_first], self.cautions[self.n_first :]
        return (*first, self.sentence, *rest)

    @property
    def against(self) -> tuple[str, ...]:
        """The same without a verdict that speaks for the model: all that takes from its answers.

        Bundle, card, `evaluate` and predictions repeat it before anything that they promise.
        """
        return self.cautions if self.standing == "better" else self.sentences

    @property
    def headline(self) -> str:
        """All of it in one line."""
        return " ".join(self.sentences)


def never_said(evaluation: Evaluation) -> list[str]:
    """A sentence for each class that some photos have and the model gives to none."""
    return [
        f"The model never says {one.title}: to none of {counted(evaluation.n_photos, 'photo')}, of "
        f"which {one.n_photos} (of {counted(one.n_groups, 'group')}) "
        f"{agreeing(one.n_photos, 'is', 'are')} {one.title}."
        for one in evaluation.never_said
    ]


def verdict_of(evaluation: Evaluation) -> Verdict:
    """Compares balanced accuracy with that of always answering the majority class.

    A degenerate model is told first of all, then a split that leaks. Among the cautions the first
    is that the settings were tuned on these photos, where they were.
    """
    verdict = _compared(evaluation)
    if verdict.standing != "degenerate":  # which says it already
        silent = tuple(never_said(evaluation))
        verdict = Verdict(verdict.standing, verdict.sentence, (*silent, *verdict.cautions))
    tuned = _tuned_sentence(evaluation)
    if tuned is None:
        return verdict
    return Verdict(verdict.standing, verdict.sentence, (tuned, *verdict.cautions), n_first=1)


def _tuned_sentence(evaluation: Evaluation) -> str | None:
    """That a search saw these photos before, with counts."""
    data = evaluation.config.data
    if not data.n_tuned_on:
        return None
    n_photos = max(data.n_photos, data.n_tuned_on)
    return (
        f"optimistic: tuned on these photos ({data.n_tuned_on} of {n_photos}). The settings were "
        "chosen for how well they did here; `arborisk tune --outer-folds` gives an honest estimate."
    )


def _compared(evaluation: Evaluation) -> Verdict:
    """The verdict as if the settings had been chosen elsewhere."""
    cautions = _cautions(evaluation)
    leaking = leak_sentence(evaluation.leak.n_groups_spanning, evaluation.leak.n_photos)
    if evaluation.degenerate is not None:
        if evaluation.leak.n_groups_spanning:
            cautions = (leaking, *cautions)
        return Verdict("degenerate", evaluation.degenerate, cautions)
    result = evaluation.metrics[HEADLINE]
    value, low, high = result.interval.value, result.interval.low, result.interval.high
    baseline = result.majority
    against = f"balanced accuracy {value:.2f} against {baseline:.2f}"
    standing: Standing
    if low is None or high is None:
        standing = "undecided"
        sentence = (
            "Not shown to differ from always giving the majority class: "
            f"{against}, but {result.interval.note or 'no interval can be given'}."
        )
    elif low > baseline:
        standing = "better"
        gain = Interval(value - baseline, low - baseline, high - baseline, result.interval.level)
        sentence = (
            f"Better than always giving the majority class: {against}, "
            f"a gain of {interval_text(gain, named=True)}."
        )
    elif high < baseline:
        standing = "worse"
        sentence = (
            f"Worse than always giving the majority class: {against} "
            f"({level_words(result.interval.level)} {ends(result.interval)})."
        )
    else:
        standing = "undecided"
        sentence = (
            f"Not distinguishable from always giving the majority class: {against}, which lies "
            f"inside the {level_words(result.interval.level)} {ends(result.interval)}."
        )
    if evaluation.leak.n_groups_spanning:
        told = sentence[0].lower() + sentence[1:]
        return Verdict("leaking", f"{leaking} These scores say: {told}", cautions)
    return Verdict(standing, sentence, cautions)


def _cautions(evaluation: Evaluation) -> tuple[str, ...]:
    """What a reader must know before believing the scores."""
    cautions = list(_imminent(evaluation))
    leak = evaluation.leak
    if leak.apart:
        cautions.append(
            f"The split does not keep all trees and sites whole: {leak.apart} have photos on both "
            "sides, so these scores say little about those that the model has not seen."
        )
    if leak.protocol == "deck":
        cautions.append(
            "The split follows the deck: at random by photo, whatever trees and sites they show."
        )
    accuracy = evaluation.metrics["accuracy"]
    if evaluation.degenerate is None and accuracy.interval.value <= accuracy.majority:
        cautions.append(
            f"Its accuracy, {percent(accuracy.interval.value, 1)}, is not above the "
            f"{percent(accuracy.majority, 1)} of always giving the majority class."
        )
    return tuple(cautions)


def _imminent(evaluation: Evaluation) -> Iterator[str]:
    """That people rated some photos Imminent, which no model here says, and as what they count."""
    scheme = evaluation.config.scheme
    joined = scheme.class_of(IMMINENT)
    n = sum(label == IMMINENT for label in evaluation.predictions.label)
    if n and joined is not None:
        yield (
            f"{counted(n, 'photo')} {agreeing(n, 'was', 'were')} rated Imminent by people, and "
            f"{agreeing(n, 'counts', 'count')} here as {scheme.titles[joined]}: no model here says "
            f"Imminent. If it has not been done: {KEEP_AWAY}"
        )
