"""A rating as it is printed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from arborisk.cli.console import text_table
from arborisk.risk.rating.rating import Information, Rated
from arborisk.risk.rating.sentences import (
    NOT_ASSUMED,
    caveats,
    headline,
    rules_used,
    stated_facts,
    urgent_line,
)
from arborisk.scales import RiskRating
from arborisk.wording.intervals import share_range

WIDTH = 100
N_INPUTS = 3
COLUMNS = (
    *("part, condition", "target", "failure", "impact"),
    *("failure and impact", "consequences", "rating"),
)


def rating_text(rated: Rated, information: Sequence[Information]) -> str:
    """Headline, caveats, rows, what would narrow it, options, who gave what, rules."""
    return "\n".join(_lines(rated, information))


def _lines(rated: Rated, information: Sequence[Information]) -> Iterator[str]:
    if urgent := urgent_line(rated.assessment):
        yield urgent
        yield ""
    yield _wrapped(headline(rated))
    if not rated.rating.is_certain and not rated.rating.has_chances:
        yield from _bounds(rated)
    yield ""
    for caveat in caveats(rated):
        yield _wrapped(caveat, "* ")
    yield ""
    yield text_table(
        COLUMNS,
        [
            [
                one.row.finding,
                one.row.target,
                one.row.failure.words,
                one.impact.text,
                one.event.text,
                one.row.consequences.words,
                one.rating.text,
            ]
            for one in rated.rows
        ],
    )
    yield from _telling(information)
    if rated.options:
        yield "\nOptions, and the rating that would remain:"
        for option in rated.options:
            cost = "" if option.option.cost is None else f" (cost {option.option.cost:g})"
            yield f"* {option.option.name}{cost}: {option.text}"
        yield _wrapped(NOT_ASSUMED)
    yield "\nTree and visit:"
    for name, text in stated_facts(rated.assessment):
        for paragraph in text.splitlines():
            yield _wrapped(f"{name}: {paragraph}", "* ")
    yield "\nWho gave what:"
    for belief in rated.assessment.inputs:
        value = "not known" if belief.is_missing else f"{belief.words}, by {belief.by}"
        yield f"* {belief.name}: {value}"
    yield "\nRules:"
    for rule in rules_used(rated):
        yield _wrapped(rule, "* ")


def _bounds(rated: Rated) -> Iterator[str]:
    """Chances of each rating or a higher one, where some input has chances."""
    for level in list(RiskRating)[1:]:
        low, high = rated.rating.at_least(level)
        if 0 < high < 1 or 0 < low < 1:
            yield f"* chance of {level.word} or higher: {share_range(low, high)}"


def _telling(information: Sequence[Information]) -> Iterator[str]:
    useful = [one for one in information if one.bits > 1e-9]
    if useful:
        yield "\nWhat would narrow it most:"
    for one in useful[:N_INPUTS]:
        answers = "; ".join(f"{answer}: {rating}" for answer, rating in one.by_answer)
        yield _wrapped(f"{one.name} (now {one.words}). {answers}", "* ")
    idle = [one.name for one in information if one.bits <= 1e-9]
    if idle:
        yield _wrapped(f"These alone would not change it: {', '.join(idle)}.")


def _wrapped(text: str, first: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
    )
