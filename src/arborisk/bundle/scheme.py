"""The class scheme as a bundle states it, and what all records of a bundle have in common."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from arborisk.dataset.schemes import ClassScheme, SchemeClass

MAX_CLASSES = 1000

# Titles reach terminals, tables and spreadsheets: nothing that moves a cursor or starts a formula.
Name = Annotated[str, StringConstraints(pattern=r"^[^\s=+\-@\x00-\x1f\x7f]", max_length=60)]
Line = Annotated[str, StringConstraints(max_length=200)]


class FrozenRecord(BaseModel):
    """Settings common to all records: frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class ClassRecord(FrozenRecord):
    """One class: its column name, its title, the labels it is made of."""

    name: Name
    title: Name
    members: tuple[Line, ...] = Field(min_length=1, max_length=MAX_CLASSES)

    @model_validator(mode="after")
    def _is_printable(self) -> Self:
        for text in (self.name, self.title, *self.members):
            if not text.isprintable():
                raise ValueError(f"class text {text!r} holds characters that cannot be printed")
        return self


class SchemeRecord(FrozenRecord):
    """The class scheme, classes ascending by likelihood when ordered.

    Attributes:
        name: Name of the scheme.
        ordered: Whether the order of the classes means anything.
        study_only: True when a label that occurs in practice has no class: not for a risk rating.
        classes: The classes in the order of the network's outputs.
        isa_words: Per class name its set of ISA words, or None when other labels are used.
    """

    name: Name
    ordered: bool
    study_only: bool
    classes: tuple[ClassRecord, ...] = Field(min_length=2, max_length=MAX_CLASSES)
    isa_words: dict[str, tuple[str, ...]] | None

    @classmethod
    def of(cls, scheme: ClassScheme) -> SchemeRecord:
        """Record of a scheme."""
        return cls(
            name=scheme.name,
            ordered=scheme.ordered,
            study_only=scheme.study_only,
            classes=tuple(
                ClassRecord(name=item.name, title=item.title, members=item.members)
                for item in scheme.classes
            ),
            isa_words=scheme.isa_words,
        )

    @property
    def scheme(self) -> ClassScheme:
        """The scheme as the rest of arborisk uses it."""
        classes = tuple(SchemeClass(c.name, c.title, c.members) for c in self.classes)
        return ClassScheme(self.name, classes, self.ordered, self.study_only)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        names = [item.name for item in self.classes]
        members = [member for item in self.classes for member in item.members]
        if len(set(names)) < len(names) or len(set(members)) < len(members):
            raise ValueError("a class name or member is used twice")
        if self.isa_words != self.scheme.isa_words:
            raise ValueError("isa_words do not follow from the members of the classes")
        return self
