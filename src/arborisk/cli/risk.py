"""``arborisk risk``: ratings, probabilities and work lists, from what people state of trees."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say, text_table
from arborisk.cli.risk_annual import annual
from arborisk.cli.risk_inventory import inventory
from arborisk.cli.risk_outcomes import outcomes
from arborisk.cli.risk_plan import plan
from arborisk.cli.risk_rate import rate
from arborisk.cli.storm import storm
from arborisk.cli.strike import strike


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
    from arborisk.cli.risk_rating_text import rating_text
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


app = typer.Typer(
    help="From a likelihood of failure to a rating, a probability and a work list. A photo alone "
    "gives none of them.",
    no_args_is_help=True,
)
for command in (rate, inventory, storm, strike, plan, outcomes, annual, explain, matrices):
    app.command()(command)
