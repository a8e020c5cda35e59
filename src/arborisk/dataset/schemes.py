"""Class schemes: which labels count as which class, and in which order.

The four ISA schemes are the deck's groupings and those of the paper that followed it.
"Positive" is always the last, likelier class. No class says Imminent: it joins Probable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from arborisk.errors import DatasetError, Remedy, option
from arborisk.scales import FailureLikelihood
from arborisk.tables.table import fold
from arborisk.text_files import read_toml

IMPROBABLE = FailureLikelihood.IMPROBABLE.word
POSSIBLE = FailureLikelihood.POSSIBLE.word
PROBABLE = FailureLikelihood.PROBABLE.word
IMMINENT = FailureLikelihood.IMMINENT.word
ISA_WORDS = tuple(level.word for level in FailureLikelihood)
_SPELLING = {fold(word): word for word in ISA_WORDS}


def canonical(label: str) -> str:
    """An ISA word in its one spelling, whatever its case and spaces; any other label unchanged."""
    return _SPELLING.get(fold(label), label)


@dataclass(frozen=True, slots=True)
class SchemeClass:
    """One class of a scheme.

    Attributes:
        name: Short name used in columns, for example ``Pr``.
        title: The name as people read it, for example ``Probable or Possible``.
        members: Labels of the data set that belong to the class, for example ISA words.
    """

    name: str
    title: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """Classes of a task, ascending by likelihood when ordered.

    Attributes:
        name: Name of the scheme, for example ``Pr_Im``.
        classes: The classes, least likely first.
        ordered: Whether the order means anything.
        study_only: True when all labels are ISA words and a rating that occurs in practice
            (Improbable, Possible or Probable) has no class: such a tree is forced into another
            class, so answers cannot be used for a risk rating. Follows from the members.
    """

    name: str
    classes: tuple[SchemeClass, ...]
    ordered: bool
    study_only: bool = field(init=False)

    def __post_init__(self) -> None:
        """Finds whether a rating that occurs in practice is left out."""
        members = {canonical(member) for item in self.classes for member in item.members}
        left_out = {IMPROBABLE, POSSIBLE, PROBABLE} - members
        object.__setattr__(self, "study_only", members <= set(ISA_WORDS) and bool(left_out))

    @property
    def names(self) -> tuple[str, ...]:
        """Short class names in class order."""
        return tuple(item.name for item in self.classes)

    @property
    def titles(self) -> tuple[str, ...]:
        """Class names as people read them, in class order."""
        return tuple(item.title for item in self.classes)

    def class_of(self, label: str) -> int | None:
        """Index of the class that a label belongs to, or None when the scheme leaves it out."""
        for index, item in enumerate(self.classes):
            if canonical(label) in item.members:
                return index
        return None

    @property
    def isa_words(self) -> dict[str, tuple[str, ...]] | None:
        """Per class name its set of ISA words, or None when other labels are used.

        Imminent is never listed: a model trained on a class that Imminent joined cannot tell it.
        """
        words = {item.name: tuple(map(canonical, item.members)) for item in self.classes}
        if not all(word in ISA_WORDS for members in words.values() for word in members):
            return None
        return {
            name: tuple(word for word in members if word != IMMINENT)
            for name, members in words.items()
        }


def says_imminent(item: SchemeClass) -> bool:
    """Whether a class is called Imminent, or has Imminent as its only ISA word."""
    words = {canonical(member) for member in item.members} & set(ISA_WORDS)
    return words == {IMMINENT} or IMMINENT in (canonical(item.name), canonical(item.title))


_IM = SchemeClass("Im", "Improbable", (IMPROBABLE,))
_PR = SchemeClass("Pr", "Probable", (PROBABLE, IMMINENT))

ISA_SCHEMES: dict[str, ClassScheme] = {
    scheme.name: scheme
    for scheme in (
        ClassScheme("Pr_Im", (_IM, _PR), ordered=True),
        ClassScheme(
            "PrPo_Im",
            (_IM, SchemeClass("PrPo", "Probable or Possible", (POSSIBLE, PROBABLE, IMMINENT))),
            ordered=True,
        ),
        ClassScheme(
            "Pr_PoIm",
            (SchemeClass("PoIm", "Possible or Improbable", (IMPROBABLE, POSSIBLE)), _PR),
            ordered=True,
        ),
        ClassScheme(
            "Pr_Po_Im", (_IM, SchemeClass("Po", "Possible", (POSSIBLE,)), _PR), ordered=True
        ),
    )
}
AS_LABELLED = "as-labelled"


def as_labelled(labels: set[str]) -> ClassScheme:
    """Scheme with one class a label: ISA words in their order, others by alphabet and unordered.

    Imminent has no class of its own: it counts as Probable.
    """
    if not labels:
        raise DatasetError(
            "at least one labelled photo",
            "none",
            "the data set",
            Remedy("Give labels with folders, names or {}.", option("--labels", "import")),
        )
    words = {PROBABLE if canonical(label) == IMMINENT else canonical(label) for label in labels}
    ordered = words <= set(ISA_WORDS)
    ranked = [word for word in ISA_WORDS if word in words] if ordered else sorted(words)
    members = {word: (word,) for word in ranked} | {PROBABLE: _PR.members}
    return ClassScheme(
        AS_LABELLED, tuple(SchemeClass(word, word, members[word]) for word in ranked), ordered
    )


def load_scheme(name: str, labels: set[str]) -> ClassScheme:
    """Scheme by name, or from a TOML file.

    A scheme file holds ``name``, ``ordered`` and a list ``[[classes]]`` with ``name``, optional
    ``title`` and ``members``, least likely first.

    Args:
        name: ``Pr_Im``, ``PrPo_Im``, ``Pr_PoIm``, ``Pr_Po_Im``, ``as-labelled``, or a file path.
        labels: Labels that occur in the data set; used by ``as-labelled``.

    Raises:
        DatasetError: No such scheme, or the file is not a valid scheme; says what to write.
    """
    if name in ISA_SCHEMES:
        return ISA_SCHEMES[name]
    if name == AS_LABELLED:
        return as_labelled(labels)
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        known = ", ".join([*ISA_SCHEMES, AS_LABELLED])
        raise DatasetError(
            f"a scheme ({known}) or a .toml file", repr(name), "--scheme", "Choose one of these."
        )
    return _scheme_from_toml(path)


def _scheme_from_toml(path: Path) -> ClassScheme:
    """Reads and checks a scheme file."""
    remedy = "Write name, ordered and [[classes]] with name and members, least likely first."
    content = read_toml(path, "a scheme file", DatasetError, remedy)
    tables = content.get("classes", [])
    if "ordered" not in content:
        problem = "no `ordered`"
    elif not isinstance(content["ordered"], bool):
        problem = f"`ordered` = {content['ordered']!r}, neither true nor false"
    elif not isinstance(tables, list):
        problem = "`classes` that is no list of [[classes]]"
    else:
        problems = (_problem_of_class(table, n) for n, table in enumerate(tables, start=1))
        problem = next(filter(None, problems), "")
    if problem:
        raise DatasetError("a scheme file", problem, str(path), remedy)
    classes = tuple(
        SchemeClass(
            str(table["name"]),
            str(table.get("title", table["name"])),
            tuple(canonical(str(member)) for member in table["members"]),
        )
        for table in tables
    )
    members = [member for item in classes for member in item.members]
    names = [item.name for item in classes]
    if len(classes) < 2 or len(set(members)) < len(members) or len(set(names)) < len(names):
        raise DatasetError(
            "at least two classes, with every name and member used once",
            f"classes {names} with members {members}",
            str(path),
            remedy,
        )
    for item in classes:
        if says_imminent(item):
            raise DatasetError(
                f"{IMMINENT} joined to {PROBABLE}: it is rare and urgent, and a person says it",
                f"the class {item.name!r} for {IMMINENT} alone or of that name",
                str(path),
                f"Add {IMMINENT} to the members of the class of {PROBABLE}.",
            )
    return ClassScheme(str(content.get("name", path.stem)), classes, content["ordered"])


def _problem_of_class(table: object, number: int) -> str:
    """What a class of a scheme file lacks, in words, or ""."""
    if not isinstance(table, dict):
        return f"class {number} that is no table [[classes]]"
    for key in ("name", "members"):
        if key not in table:
            return f"that class {number} has no `{key}`"
    if not isinstance(table["members"], list) or not table["members"]:
        return f"that the `members` of class {number} are no list of labels"
    return ""
