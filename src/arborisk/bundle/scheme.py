"""The class scheme as a bundle states it, and what all records of a bundle have in common."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from arborisk.dataset.schemes import ClassScheme, SchemeClass, says_imminent
from arborisk.errors import DatasetError, Remedy, option

MAX_CLASSES = 1000

# Titles reach terminals, tables and spreadsheets: nothing that moves a cursor or starts a formula.
Name = Annotated[str, StringConstraints(pattern=r"^[^\s=+\-@\x00-\x1f\x7f]", max_length=60)]
Line = Annotated[str, StringConstraints(max_length=600)]  # a sentence with three class titles

_PROBLEMS = {
    "string_pattern_mismatch": "is empty or begins with a blank, =, +, - or @",
    "string_too_long": "is longer than {max_length} characters",
    "too_short": "holds too few",
    "too_long": "holds more than {max_length}",
    "value_error": "does not hold: {error}",
}


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
        """Record of a scheme.

        Raises:
            DatasetError: A bundle cannot state this scheme, for example since a class name is
                longer than a column name may be; says which part and why.
        """
        try:
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
        except ValidationError as error:
            raise DatasetError(
                "class names and titles of 1 to 60 printable characters that do not begin with a "
                "blank, =, +, - or @",
                _in_words(error),
                f"the class scheme {scheme.name[:60]!r}",
                Remedy(
                    "Import again with {}, or write a scheme file with other names.",
                    option("--map LABEL=SHORTER", "dataset import"),
                ),
            ) from error

    @property
    def scheme(self) -> ClassScheme:
        """The scheme as the rest of arborisk uses it."""
        classes = tuple(SchemeClass(c.name, c.title, c.members) for c in self.classes)
        return ClassScheme(self.name, classes, self.ordered)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        names = [item.name for item in self.classes]
        members = [member for item in self.classes for member in item.members]
        if len(set(names)) < len(names) or len(set(members)) < len(members):
            raise ValueError("a class name or member is used twice")
        if self.isa_words != self.scheme.isa_words:
            raise ValueError("isa_words do not follow from the members of the classes")
        if self.study_only != self.scheme.study_only:
            raise ValueError("study_only does not follow from the members of the classes")
        for item in self.scheme.classes:
            if says_imminent(item):
                raise ValueError(f"class {item.name!r} says Imminent, which no model may say")
        return self


def _in_words(error: ValidationError) -> str:
    """The first problem of a scheme: which part, what it is, and why it cannot be."""
    first = error.errors(include_url=False)[0]
    part = " ".join(str(name) for name in first["loc"]) or "the scheme"
    value = f" {first['input'][:80]!r}" if isinstance(first["input"], str) else ""
    problem = _PROBLEMS.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
    return f"{part}{value}, which {problem}"
