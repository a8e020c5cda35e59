"""``arborisk risk inventory``: ratings of many trees from a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say
from arborisk.cli.risk_rate import TakeFrom
from arborisk.wording.counts import counted

EXIT_SOME_ROWS_FAILED = 3


def inventory(
    table: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV, GeoJSON or GeoPackage, a row for each part above a target: tree, failure, "
            "impact (or occupancy, protection, zone), consequences. City names such as "
            "Likelihood_of_Failure are known.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="File to write: .csv, .geojson or .gpkg.")],
    time_frame_years: Annotated[
        float, typer.Option(help="Years that the likelihoods of failure are about.")
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="CSV of `arborisk predict`: its answer stands where no person rated the failure.",
        ),
    ] = None,
    model_takes: Annotated[
        TakeFrom, typer.Option(help="Of the model: calibrated chances, or likelihood sets.")
    ] = TakeFrom.CHANCES,
    scheme: Annotated[
        str | None,
        typer.Option(help="Class scheme of the model, if its own.", show_default="of the table"),
    ] = None,
    allow_study_only: Annotated[
        bool, typer.Option(help="Take a model that leaves a class out all the same.")
    ] = False,
) -> None:
    """Rates every tree of TABLE: the highest row wins, missing words give ranges.

    Rows that cannot be read keep their place and say why in the column
    "problem"; the exit status is then 3.
    """
    from arborisk.risk.checks import checked_years
    from arborisk.risk.model_answers import NOT_IMMINENT, Take, read_model_answers
    from arborisk.risk.portfolio_rating import rate_inventory
    from arborisk.risk.portfolio_table import read_trees
    from arborisk.risk.portfolio_writing import write_inventory
    from arborisk.risk.rating_words import DRAFT, LOW_IS_NOT_NONE

    years = checked_years(time_frame_years, "--time-frame-years")
    answers = (
        {}
        if model is None
        else read_model_answers(
            model,
            take=Take(str(model_takes)),
            scheme=scheme,
            allow_study_only=allow_study_only,
            time_frame_years=years,
        )
    )
    rated = rate_inventory(read_trees(table), answers=answers)
    write_inventory(rated, out, time_frame_years=years)
    say(f"{rated.n_trees:,} trees rated over {counted(years, 'year')}, written to {out}:")
    for words, count in rated.counts().items():
        say(f"  {words}: {count:,}")
    if answers:
        say(NOT_IMMINENT)
    say(f"{LOW_IS_NOT_NONE} {DRAFT}")
    if rated.n_failed:
        first = next(why for why in rated.failure if why)
        say(f"{counted(rated.n_failed, 'row')} without a rating; the first: {first}")
        raise typer.Exit(EXIT_SOME_ROWS_FAILED)
