"""``arborisk risk explain``: every rule and cell behind the rating of one tree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say


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
