"""What to do about an error, with its commands, options, extras and keys held as data.

A remedy that names a command which is not there is worse than none. So whatever can be executed or
looked up is no plain text but a `Step`, and a test resolves every step in the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a step names, and so how a test resolves it."""

    COMMAND = "command"
    OPTION = "option"
    EXTRA = "extra"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing in a remedy that can be executed or looked up.

    Attributes:
        kind: What it names.
        text: The command line without ``arborisk``, the option with an example of its value, the
            name of the extra, or the key with dots.
        of: Commands that have the option, or the file that has the key; for an option, empty
            where any command may have it.
    """

    kind: StepKind
    text: str
    of: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind is StepKind.COMMAND:
            return f"`arborisk {self.text}`"
        if self.kind is StepKind.EXTRA:
            return f"pip install '.[{self.text}]' -c constraints.txt"
        return self.text if self.kind is StepKind.OPTION else f"`{self.text}`"


class Remedy(str):
    """An imperative sentence that remembers the steps that it names.

    Attributes:
        steps: What it names, in order.

    >>> remedy = Remedy("Name it with {}.", option("--label-column", "agree"))
    >>> print(remedy, remedy.steps[0].text)
    Name it with --label-column. --label-column
    """

    __slots__ = ("steps",)
    steps: tuple[Step, ...]

    def __new__(cls, text: str, *parts: Step | str) -> Remedy:
        """Fills the gaps ``{}`` of a text with steps, or with other text, in order."""
        remedy = super().__new__(cls, text.format(*parts) if parts else text)
        remedy.steps = tuple(part for part in parts if isinstance(part, Step))
        return remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Survives the way between processes with its steps."""
        return (_restore, (str(self), self.steps))


def command(line: str) -> Step:
    """A command to run, with or without arguments in capitals: ``dataset import PHOTOS``."""
    return Step(StepKind.COMMAND, line)


def option(text: str, *commands: str) -> Step:
    """An option, with an example of its value if one helps: ``--scheme PrPo_Im``.

    Args:
        text: The option and the example.
        commands: Commands in which the error comes up; each must have the option.
    """
    return Step(StepKind.OPTION, text, commands)


def extra(name: str) -> Step:
    """The command that installs an extra of arborisk, to be run in its folder."""
    return Step(StepKind.EXTRA, name)


def key(name: str, file: str = "settings") -> Step:
    """A key of a settings file, with dots between its tables.

    Args:
        name: The key.
        file: Kind of the file: ``settings``, ``grid``, ``form``, ``scheme``, ``dataset``.
    """
    return Step(StepKind.KEY, name, (file,))


def _restore(text: str, steps: tuple[Step, ...]) -> Remedy:
    remedy = Remedy(text)
    remedy.steps = steps
    return remedy
