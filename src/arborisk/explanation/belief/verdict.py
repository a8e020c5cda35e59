"""One word on a map, and why.

The rule, in the order in which it is applied. A map is **not to be believed** where any of these is
found:

1. the model is not shown to do better than guess (`arborisk.explanation.belief.skill`);
2. the map stays when what was learnt is redrawn at random (`cascade`);
3. the map stays when the labels are dealt at random, or is not that of the labels (`labels`);
4. the map is nearly the same for every photo (`stability`);
5. covering what it marks is not shown to move the score more than covering places of chance does
   (`faithfulness`).

It is **partly to be believed** where none of these is found, but

6. it is not shown to mark better places than a blob in the middle of the photo;
7. it changes from member to member or from seed to seed, with a small shift or a little light;
8. any of 1, 3, 5 and 6 was not run, or had too few photos.

Otherwise it is **believable**: it shows what moves this model's score. Whether the model looks at
the right thing is another question: localisation on drawn trees is printed, and decides nothing,
since a true map of a model that looks at the wrong thing misses the part as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from arborisk.explanation.belief.cascade import Cascade
from arborisk.explanation.belief.faithfulness import Faithfulness
from arborisk.explanation.belief.labels import LabelCheck
from arborisk.explanation.belief.skill import Skill
from arborisk.explanation.belief.stability import Stability

Word = Literal["believable", "partly", "not to be believed"]

LABELS_NOT_RUN: Final = (
    "Not tried: the same network trained on labels dealt at random; it costs a training."
)
NOTHING_SPEAKS: Final = "No photo speaks for the class, so that its maps cannot be put to the test."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is printed beside a map.

    Attributes:
        word: Believable, partly, or not to be believed.
        against: What speaks against the map, in sentences; empty where nothing does.
        missing: What was not tried, in sentences.
    """

    word: Word
    against: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def title(self) -> str:
        """The word as a title."""
        return {
            "believable": "The map is believable",
            "partly": "The map is to be believed in part",
            "not to be believed": "The map is not to be believed",
        }[self.word]

    @property
    def line(self) -> str:
        """Title and the first reason, in one line beside a map."""
        reasons = (*self.against, *self.missing)
        if not reasons:
            return f"{self.title}: it passed every check."
        return f"{self.title}: {reasons[0][0].lower()}{reasons[0][1:]}"


def verdict_of(
    skill: Skill | None,
    cascade: Cascade,
    labels: LabelCheck | None,
    faithfulness: Faithfulness | None,
    stability: Stability,
) -> Verdict:
    """Applies the rule of this module.

    Args:
        skill: None where no labels were given.
        cascade: Redrawn weights.
        labels: Dealt labels; None where it was not run.
        faithfulness: None where no photo speaks for the class.
        stability: Seeds, shifts, light, and photos against each other.
    """
    fatal = [
        *_skill_fails(skill),
        *([] if cascade.passed else ["It hardly depends on what the network has learnt."]),
        *_labels_fail(labels),
        *([] if stability.of_the_photo else ["It is nearly the same map for every photo."]),
        *_faithfulness_fails(faithfulness, fatal=True),
    ]
    partial = [*_faithfulness_fails(faithfulness, fatal=False), *_unstable(stability)]
    missing = _missing(skill, labels, faithfulness)
    word: Word = "believable"
    if fatal:
        word = "not to be believed"
    elif partial or missing:
        word = "partly"
    return Verdict(word, (*fatal, *partial), tuple(missing))


def _skill_fails(skill: Skill | None) -> list[str]:
    """Rule 1."""
    if skill is None or skill.passed is not False:
        return []
    return ["The model is not shown to do better than guess."]


def _labels_fail(labels: LabelCheck | None) -> list[str]:
    """Rule 3."""
    if labels is None or labels.passed:
        return []
    if labels.leaks:
        return ["Labels dealt at random are known on photos held back: their groups are not apart."]
    return ["It is not the map of these labels: labels dealt at random give one as much like it."]


def _faithfulness_fails(found: Faithfulness | None, *, fatal: bool) -> list[str]:
    """Rule 5, or else rule 6."""
    if found is None:
        return []
    standing = found.standing("random" if fatal else "centre")
    if standing in ("better", "too few photos"):
        return []
    than = "places of chance" if fatal else "a blob in the middle of the photo"
    how = "worse than" if standing == "worse" else "not shown to be better than"
    return [f"What it marks moves the score {_MOVES[how]} {than}."]


_MOVES = {
    "worse than": "less than",
    "not shown to be better than": "no more, as far as can be shown, than",
}


def _unstable(stability: Stability) -> list[str]:
    """Rule 7."""
    if stability.stable:
        return []
    name, value = min(stability.figures, key=lambda item: item[1].value)
    return [f"It is not stable: {name}, its rank correlation is {value.value:.2f}."]


def _missing(
    skill: Skill | None, labels: LabelCheck | None, faithfulness: Faithfulness | None
) -> list[str]:
    """Rule 8."""
    missing = []
    if skill is None:
        missing.append("Not asked whether the model does better than guess: no labels were given.")
    elif skill.passed is None:
        missing.append("Too few groups to say whether the model does better than guess.")
    if faithfulness is None:
        missing.append(NOTHING_SPEAKS)
    elif faithfulness.standing("random") == "too few photos":
        missing.append("Too few photos speak for the class to compare the map with chance.")
    if labels is None:
        missing.append(LABELS_NOT_RUN)
    return missing
