"""The rules of decision as a bundle carries them: numbers, conditions, limits, outcomes, sentences.

What they mean stands in `arborisk.prediction.decide`. A bundle from a stranger may word them
otherwise and move a limit; which condition leads to which outcome is fixed, so that none can turn
what asks for a person into routine.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Sentence = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Number = Annotated[int, Field(ge=1, le=99)]
ASKS: Final = (
    "not calibrated",
    "no class named",
    "score at or above threshold",
    "answer is the class",
    "no class ruled out",
    "class not ruled out",
)
"""When the model asks for a person, in the order in which they are looked at."""
PHOTO: Final = {
    "unreadable": "retake",
    "a gate says not_a_tree": "not_a_tree",
    "the model asks or a gate says level_2": "level_2",
    "a gate says retake": "retake",
    "nothing asks": "routine",
}
"""What becomes of a photo: the first condition that holds decides."""
TREE: Final = {
    "a photo asks for a person, and one shows a tree or only failed": "level_2",
    "a photo shows a tree": "routine",
    "a photo shows no tree": "not_a_tree",
    "no photo can be judged": "retake",
}
"""What becomes of a tree of several photos, likewise."""


class _Rule(BaseModel):
    """What every rule has: its number in the documentation, and what it says."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    number: Number
    sentence: Sentence


class AskRule(_Rule):
    """When the model asks for a person."""

    when: str


class GateRule(_Rule):
    """What a gate stops.

    Attributes:
        gate: Name of the gate.
        measure: What is measured of the photo, by name.
        stops: On which side of the limit.
        limit: A number; ``heads`` for that of the gate's head, ``training photos`` for that of the
            photos that the bundle remembers.
        outcome: What it asks for.
    """

    gate: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
    measure: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
    stops: Literal["below", "above"]
    limit: float | Literal["heads", "training photos"]
    outcome: Literal["level_2", "retake", "not_a_tree", "note"]


class OutcomeRule(_Rule):
    """What becomes of a photo or a tree."""

    when: str
    outcome: Literal["level_2", "retake", "not_a_tree", "routine"]


class RulesRecord(BaseModel):
    """All rules, in the order in which they are looked at.

    Attributes:
        version: Of the meaning of their conditions.
        asks: When the model asks for a person.
        gates: What the gates stop.
        photo: What becomes of a photo.
        tree: What becomes of a tree of several photos.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    asks: tuple[AskRule, ...] = Field(max_length=20)
    gates: tuple[GateRule, ...] = Field(max_length=40)
    photo: tuple[OutcomeRule, ...] = Field(max_length=20)
    tree: tuple[OutcomeRule, ...] = Field(max_length=20)

    @model_validator(mode="after")
    def _outcomes_are_fixed(self) -> Self:
        if tuple(rule.when for rule in self.asks) != ASKS:
            raise ValueError("the rules by which the model asks for a person are other ones")
        for rules, known in ((self.photo, PHOTO), (self.tree, TREE)):
            if [(rule.when, rule.outcome) for rule in rules] != list(known.items()):
                raise ValueError("a rule of a photo or tree leads to another outcome than it must")
        numbers = [rule.number for rule in (*self.asks, *self.gates, *self.photo, *self.tree)]
        if len(set(numbers)) < len(numbers):
            raise ValueError("two rules have one number")
        return self
