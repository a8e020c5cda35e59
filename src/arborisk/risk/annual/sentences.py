"""Chances in years in sentences: never without the event, the prior, the rate and the years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from arborisk.errors import AssessmentError
from arborisk.metrics.drawn import never_certain
from arborisk.records import Interval
from arborisk.risk.annual.chances import Chance, ClassChances, ExpectedCount, weights_of
from arborisk.risk.annual.harm import BANDS, SOURCE, Harm, Tolerability
from arborisk.risk.model_answers import ModelAnswer
from arborisk.scales import FailureLikelihood
from arborisk.tables.write import Field, write_table
from arborisk.wording.counts import counted
from arborisk.wording.intervals import drawn_count, drawn_end, share_text
from arborisk.wording.percent import Digits, percent

OF_BRANCHES = (
    "Where the event is mostly the loss of branches, the chances of impact and harm must be those "
    "of a branch, and the fall of the whole tree is not in it."
)
RULED_OUT = "none by what is stated"
"""A chance of exactly 0, which only an input of 0 can give."""
LEAST = 1e-9
"""Chances below it are only said to be below it."""
ADDED = "These are expected events over all trees together: no threshold for one person applies."


def chance_text(chance: Chance) -> str:
    """For example ``3.1 % (0.4 to 9.8)``; small ones as 1 in so many."""
    if chance.mean >= 1e-3:
        digits: Digits = "rare" if chance.mean < 0.99 else 1
        return share_text(Interval(chance.mean, chance.low, chance.high), digits)
    return f"{one_in(chance.mean)} ({one_in(chance.low)} to {one_in(chance.high)})"


def one_in(chance: float, error: float = 0.0) -> str:
    """For example ``1 in 25,000``.

    Args:
        chance: The chance.
        error: Its Monte Carlo standard error; 0 where it is exact.
    """
    if chance <= 0:
        return RULED_OUT
    if chance < LEAST:
        return f"under 1 in {1 / LEAST:,.0f}"
    return f"1 in {drawn_end(float(f'{1 / chance:.2g}'), error / chance**2)}"


def basis_lines(chances: ClassChances) -> Iterator[str]:
    """What every chance rests on."""
    prior = chances.prior
    yield f"Event: {prior.event}."
    yield f"Prior {prior.name}: {prior.source}"
    for level in FailureLikelihood:
        yield (
            f"  {level.word}: {_of_trees(prior.share[level])} in such a storm, taken to rest on "
            f"{prior.equivalent[level]:g} trees (an assumption you can edit: --equivalent "
            f"{level.word}=N)"
        )
    yield from prior.cautions
    yield f"Storms of that kind at this site: {chances.rate.text}."


def count_lines(found: ExpectedCount, years: float) -> Iterator[str]:
    """Expected number of trees."""
    expected = found.expected
    yield (
        f"Of {counted(found.n_trees, 'tree')}, {expected.mean:.1f} are expected to be damaged "
        f"within {counted(years, 'year')} (95 % interval of the expectation "
        f"{drawn_count(expected.low, expected.errors[0])} to "
        f"{drawn_count(expected.high, expected.errors[1])}; the number seen would lie between "
        f"{found.seen_low:.0f} and {found.seen_high:.0f}). Most of the doubt is on the "
        "prior and the storms: it is common to all trees and does not average out."
    )
    yield ADDED


def harm_lines(harm: Harm, found: Tolerability | None, what: str) -> Iterator[str]:
    """Risk of harm, and where one person's lies among the public thresholds."""
    value = harm.value
    yield (
        f"Risk of {what} a year: {one_in(value.mean)} (95 % interval "
        f"{one_in(value.low, value.errors[0])} to "
        f"{one_in(value.high, value.errors[1])}, {harm.way}; the mean is exact)."
    )
    if found is None:
        return
    yield f"Whose: {found.person}. {found.band.words}"
    shares = [
        f"{band.name} {percent(share)}"
        for band, share in zip(BANDS, found.shares, strict=True)
        if share > 0
    ]
    yield f"Share of belief in each band: {', '.join(shares)}. {SOURCE}"


def loss_lines(harm: Harm, currency: str) -> Iterator[str]:
    """Expected loss in money."""
    value = harm.value
    yield (
        f"Expected loss a year: {value.mean:,.2f} {currency} (95 % interval "
        f"{_money(value.low, value.errors[0])} to {_money(value.high, value.errors[1])}, "
        f"{harm.way}; the mean is exact)."
    )


def _money(amount: float, error: float) -> str:
    """To the cent, or as far as the draws bear."""
    return f"{amount:,.2f}" if error == 0 else drawn_end(amount, error, 4)


def _of_trees(share: float) -> str:
    """A share that the source of a prior states: of trees, so that it reads as no chance."""
    told = {0.0: "none", 1.0: "all"}.get(share) or percent(share, "stated")
    return f"{told} of the trees"


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
