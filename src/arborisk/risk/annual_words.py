"""Chances in years in sentences: never without the event, the prior, the rate and the years."""

from __future__ import annotations

from collections.abc import Iterator

from arborisk.records import Interval
from arborisk.risk.annual import Chance, ClassChances
from arborisk.risk.counts import ExpectedCount
from arborisk.risk.harm import Harm
from arborisk.risk.tolerability import BANDS, SOURCE, Tolerability
from arborisk.scales import FailureLikelihood
from arborisk.wording.counts import counted
from arborisk.wording.drawn import drawn_count, drawn_end
from arborisk.wording.intervals import share_text
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
