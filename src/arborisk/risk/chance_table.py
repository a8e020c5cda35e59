"""Chances of many trees as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from arborisk.errors import AssessmentError
from arborisk.metrics.drawn import never_certain
from arborisk.risk.annual import ClassChances
from arborisk.risk.counts import weights_of
from arborisk.risk.model_answers import ModelAnswer
from arborisk.tables.write import Field, write_table

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class ChanceRow:
    """One tree.

    Attributes:
        tree: Tree or photo.
        failure: Likelihood of failure in words.
        chance_lowest: Expected chance with every range of words at its lower end.
        chance_highest: The same at the upper end; equal where no class is merged.
        low: Lower end of the 95 % interval.
        high: Upper end.
        years: Length of time.
        prior: Name of the prior.
        by: Who or what gave the likelihood.
    """

    tree: str
    failure: str
    chance_lowest: float
    chance_highest: float
    low: float
    high: float
    years: float
    prior: str
    by: str

    def as_dict(self) -> dict[str, str | float]:
        """Column to value."""
        return asdict(self)


def chance_rows(answers: Sequence[ModelAnswer], chances: ClassChances) -> list[ChanceRow]:
    """A row for each answer.

    Raises:
        AssessmentError: No answer at all.
    """
    if not answers:
        raise AssessmentError(
            "at least one tree with an answer",
            "none",
            "the predictions",
            "Look at the column of failures in the predictions, mend what it names, and predict "
            "again.",
        )
    ends = [chances.of(weights_of(answers, highest=highest)) for highest in (False, True)]
    return [
        ChanceRow(
            tree=answer.name,
            failure=answer.failure.words.replace("\N{NO-BREAK SPACE}", " "),
            chance_lowest=round(never_certain(low.mean), _DIGITS),
            chance_highest=round(never_certain(high.mean), _DIGITS),
            low=round(never_certain(low.low), _DIGITS),
            high=round(never_certain(high.high), _DIGITS),
            years=chances.years,
            prior=chances.prior.name,
            by=answer.failure.by,
        )
        for answer, low, high in zip(answers, *ends, strict=True)
    ]


def write_chances(rows: Sequence[ChanceRow], path: Path) -> None:
    """Writes the table in the format that the file's name asks for.

    Raises:
        OutputError, MissingDependencyError: See `arborisk.tables.write.write_table`.
    """
    columns = [
        Field(one.name, "number" if one.type == "float" else "text") for one in fields(ChanceRow)
    ]
    write_table(path, columns, (row.as_dict() for row in rows))
