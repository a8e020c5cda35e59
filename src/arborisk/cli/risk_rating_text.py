"""A rating as it is printed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say, text_table
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


def explain(
    form: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="One tree as TOML or JSON; or a CSV or GeoJSON of trees, with --tree.",
        ),
    ],
    tree: Annotated[
        str | None, typer.Option(help="Of a table: which tree.", show_default="the only one")
    ] = None,
    level: Annotated[
        int | None, typer.Option(help="Of a table: level of the assessment, 1 to 3.")
    ] = None,
    time_frame_years: Annotated[
        float | None, typer.Option(help="Of a table: years that the likelihoods are about.")
    ] = None,
) -> None:
    """Prints the rating of one tree, who gave each input, and each cell that was read."""
    from arborisk.cli.risk_stated import read_stated
    from arborisk.risk.rating.rating import rate, steps_of, value_of_information

    about = {
        "tree": tree,
        "level": level,
        "time_frame_years": time_frame_years,
    }
    assessment = read_stated(form, {}, about)
    say(rating_text(rate(assessment), value_of_information(assessment)))
    say("\nStep by step:")
    for line in steps_of(assessment):
        say(line)


def matrices() -> None:
    """Prints both matrices and the default rule for impact, with their sources."""
    from arborisk.cli.console import text_table
    from arborisk.risk.rating.rules import load_rules
    from arborisk.scales import (
        Consequence,
        EventLikelihood,
        FailureLikelihood,
        ImpactLikelihood,
        Occupancy,
        Protection,
    )

    rules = load_rules()
    first = [
        [
            failure.word,
            *(rules.event_likelihood(failure, impact).word for impact in ImpactLikelihood),
        ]
        for failure in reversed(FailureLikelihood)
    ]
    second = [
        [event.word, *(rules.risk_rating(event, consequence).word for consequence in Consequence)]
        for event in reversed(EventLikelihood)
    ]
    third = [
        [
            occupancy.word,
            *(
                " or ".join(level.word for level in rules.impact_range(occupancy, protection))
                for protection in Protection
            ),
        ]
        for occupancy in Occupancy
    ]
    tables = (
        ("matrix_1", "failure, impact", ImpactLikelihood, first),
        ("matrix_2", "failure and impact, consequences", Consequence, second),
        ("impact_rule", "occupancy, protection", Protection, third),
    )
    say(f"{rules.name}: {rules.title}")
    for key, corner, kind, rows in tables:
        say(f"\n{text_table([corner, *(one.word for one in kind)], rows)}")
        say(f"Source: {rules.sources[key]}")
