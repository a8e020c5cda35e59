"""The section of a page on whether its maps are to be believed."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.explanation.belief.check import Belief
from arborisk.explanation.belief.verdict import LABELS_NOT_RUN, NOTHING_SPEAKS, Word
from arborisk.report.belief_figures import alike_figure, cascade_figure, curves_figure

STANDING: dict[Word, str] = {
    "believable": "better",
    "partly": "undecided",
    "not to be believed": "worse",
}
"""Colours of a verdict, as classes of the house's style."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check, as the page shows it.

    Attributes:
        title: What was asked.
        outcome: Passed, failed, not shown, not run.
        sentence: In words.
    """

    title: str
    outcome: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BeliefSection:
    """What the page shows.

    Attributes:
        standing: Class of the verdict's colour.
        word: The verdict.
        asked: What the maps explain.
        against: What speaks against the maps.
        missing: What was not tried.
        cascade: Figure of redrawn weights.
        curves: Figure of covering and uncovering, or "".
        alike: Figure of maps made again.
        rows: Every check in words.
        localisation: On drawn trees with masks, in a sentence, or "".
        n_photos: Photos that maps were made of.
    """

    standing: str
    word: str
    asked: str
    against: tuple[str, ...]
    missing: tuple[str, ...]
    cascade: str
    curves: str
    alike: str
    rows: tuple[CheckRow, ...]
    localisation: str
    n_photos: int


def belief_section(belief: Belief) -> BeliefSection:
    """Content of the macro ``section`` of ``belief_section.html.j2``.

    Args:
        belief: What `arborisk.explanation.belief.check_maps` gave.

    Raises:
        MissingDependencyError: matplotlib is not installed.
    """
    found = belief.faithfulness
    return BeliefSection(
        standing=STANDING[belief.verdict.word],
        word=belief.verdict.title,
        asked=f"Why {belief.contrast}?",
        against=belief.verdict.against,
        missing=belief.verdict.missing,
        cascade=cascade_figure(belief.cascade),
        curves=curves_figure(found) if found is not None else "",
        alike=alike_figure(belief),
        rows=(
            _skill_row(belief),
            CheckRow("Weights redrawn", _passed(belief.cascade.passed), belief.cascade.sentence),
            _labels_row(belief),
            _faithfulness_row(belief),
            CheckRow(
                "Stable, and of this photo",
                _passed(belief.stability.stable and belief.stability.of_the_photo),
                belief.stability.sentence,
            ),
        ),
        localisation=belief.localisation.sentence if belief.localisation is not None else "",
        n_photos=belief.n_photos,
    )


def _passed(passed: bool | None) -> str:
    """Outcome of a check."""
    return {True: "passed", False: "failed", None: "too few groups"}[passed]


def _skill_row(belief: Belief) -> CheckRow:
    """Whether the model knows anything."""
    if belief.skill is None:
        return CheckRow("The model knows", "not run", "No labels were given.")
    return CheckRow("The model knows", _passed(belief.skill.passed), belief.skill.sentence)


def _labels_row(belief: Belief) -> CheckRow:
    """Dealt labels."""
    if belief.labels is None:
        return CheckRow("Labels dealt at random", "not run", LABELS_NOT_RUN)
    return CheckRow("Labels dealt at random", _passed(belief.labels.passed), belief.labels.sentence)


def _faithfulness_row(belief: Belief) -> CheckRow:
    """Covering and uncovering."""
    found = belief.faithfulness
    if found is None:
        return CheckRow("Covering and uncovering", "not run", NOTHING_SPEAKS)
    random, centre = found.standing("random"), found.standing("centre")
    if random == centre == "better":
        outcome = "passed"
    elif random == "better":
        outcome = "passed in part"
    else:
        outcome = "failed" if random != "too few photos" else "too few photos"
    return CheckRow("Covering and uncovering", outcome, found.sentence)
