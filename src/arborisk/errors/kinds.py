"""The errors arborisk raises on purpose.

Every message says four things: what was expected, what was found, where, and what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_STEERS = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, ESC and CSI among them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction
    "\u2028\u2029"  # line and paragraph separators
    "\ufeff\ufff9-\ufffb"  # byte order mark, annotations
    "\ud800-\udfff"  # halves of pairs: bytes of a file name that are no text
    "\U000e0000-\U000e007f"  # tags, which nobody sees
    "]"
)
"""Source: Unicode 15, general categories Cc, Cs, Zl, Zp; UAX 9 (bidirectional controls); TR 36.
Joiners (U+200C, U+200D) stay: names in several scripts need them."""
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escaped(text: str, *, keep: str = "") -> str:
    r"""Text whose characters that steer are written out, as JSON writes them.

    Args:
        text: Any text.
        keep: Characters that stay as they are, for example ``"\n\t"`` in a text of several lines.

    >>> escaped("oak\x1b[2J\n\u202egnp.jpg")
    'oak\\u001b[2J\\n\\u202egnp.jpg'
    """
    return _STEERS.sub(
        lambda found: found.group() if found.group() in keep else _written(found.group()), text
    )


def _written(character: str) -> str:
    """One character as JSON writes it; beyond the first 65,536 as a pair."""
    if character in _SHORT:
        return _SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


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


MOST_SAID = 1_200
"""Characters of a part of a message above which it is cut: a file may hold a value of a megabyte,
and nobody reads that."""


class ArboriskError(Exception):
    """Something a person can mend.

    Its text is one line that may be shown anywhere: what came from files is escaped in it, and cut
    where it is too long to read. The attributes are as given.

    Args:
        expected: What was expected, as a noun phrase or sentence without a final stop.
        found: What was found instead.
        where: File, row, option or record in which it was found.
        remedy: What to do now, as an imperative; a `Remedy` where it names a command, an option,
            an extra or a key.
    """

    def __init__(self, expected: str, found: str, where: str, remedy: str) -> None:
        self.expected = expected
        self.found = found
        self.where = where
        self.remedy = remedy
        super().__init__(self.told_at(where))

    def told_at(self, where: str) -> str:
        """The sentence with another place, such as a file's name where its path is private."""
        parts = (self.expected, self.found, where, self.remedy)
        expected, found, where, remedy = map(_short, parts)
        return escaped(f"Expected {expected}; found {found} ({where}). {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        """Survives the way between processes, where the arguments of ``__init__`` are lost."""
        return (_restore_of_kinds, (type(self), self.args, self.__dict__))


class PhotoError(ArboriskError):
    """One photo cannot be used; the run goes on without it.

    Args:
        reason: Stable short code for the row, for example ``truncated`` or ``not_an_image``.
        expected: See `ArboriskError`.
        found: See `ArboriskError`.
        where: See `ArboriskError`.
        remedy: See `ArboriskError`.
    """

    def __init__(self, reason: str, expected: str, found: str, where: str, remedy: str) -> None:
        self.reason = reason
        super().__init__(expected, found, where, remedy)


class DatasetError(ArboriskError):
    """A data set, its labels or its manifest cannot be used as they are."""


class TableError(ArboriskError):
    """A table, one of its columns, units or places cannot be used as it is, or written."""


class OutputError(ArboriskError):
    """A file cannot be written, or must not be written where it was asked."""


class SplitError(ArboriskError):
    """No valid split exists, or a given split does not fit the data set."""


class SettingsError(ArboriskError):
    """An option or a configuration key has a value that cannot work."""


class BundleError(ArboriskError):
    """A bundle is damaged, mismatched or not to be trusted."""


class AssessmentError(ArboriskError):
    """An assessment of risk, or something it rests on, cannot be used as it is."""


class MissingDependencyError(ArboriskError):
    """An optional package is needed and not installed.

    Args:
        package: Import name of the missing package.
        extra: Name of the extra of arborisk that brings it.
        needed_for: What it is needed for.
    """

    def __init__(self, package: str, extra: str, needed_for: str) -> None:
        super().__init__(
            expected=f"the package {package!r}, needed for {needed_for}",
            found="that it is not installed",
            where="this Python environment",
            remedy=Remedy(
                "Install it, in the folder of arborisk, with: {}", Step(StepKind.EXTRA, extra)
            ),
        )


def _short(text: str) -> str:
    return text if len(text) <= MOST_SAID else f"{text[:MOST_SAID]}..."


def _restore_of_kinds(
    kind: type[ArboriskError], message: tuple[object, ...], attributes: dict[str, object]
) -> ArboriskError:
    """An error as it was in the process that raised it."""
    error = kind.__new__(kind, *message)
    error.__dict__.update(attributes)
    return error
