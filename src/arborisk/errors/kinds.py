"""The errors arborisk raises on purpose.

Every message says four things: what was expected, what was found, where, and what to do.
"""

from __future__ import annotations

from arborisk.errors.escaped import escaped
from arborisk.errors.remedies import Remedy
from arborisk.errors.remedies import extra as install

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
        return (_restore, (type(self), self.args, self.__dict__))


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
            remedy=Remedy("Install it, in the folder of arborisk, with: {}", install(extra)),
        )


def _short(text: str) -> str:
    return text if len(text) <= MOST_SAID else f"{text[:MOST_SAID]}..."


def _restore(
    kind: type[ArboriskError], message: tuple[object, ...], attributes: dict[str, object]
) -> ArboriskError:
    """An error as it was in the process that raised it."""
    error = kind.__new__(kind, *message)
    error.__dict__.update(attributes)
    return error
