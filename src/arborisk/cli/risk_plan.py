"""``arborisk risk plan``: a work list under a budget."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say
from arborisk.cli.risk_rate import Format


def plan(
    options: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV, GeoJSON or GeoPackage, a row for each option of a tree: tree, option, "
            "cost, and risk and risk_after, or failure, failure_after, impact_chance and loss; "
            "crew, hours, needs.",
        ),
    ],
    budget: Annotated[float, typer.Option(help="Money there is.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Work list to write: .csv, .geojson or .gpkg.", show_default="not written"
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Summary to write as HTML: curve, map, streets.", show_default="none"),
    ] = None,
    crew_hours: Annotated[
        list[str] | None,
        typer.Option(help="CREW=HOURS: most hours of a crew. Repeatable.", show_default="no cap"),
    ] = None,
    storms: Annotated[
        str | None,
        typer.Option(help="For words: storms of the prior's kind at this site, as '2 in 10'."),
    ] = None,
    prior: Annotated[
        str, typer.Option(help="For words: what became of each class, by name or a TOML file.")
    ] = "koeser_2020_matthew",
    unit: Annotated[
        str, typer.Option(help="Unit of the risk, for print only.")
    ] = "(units of the table)",
    format: Annotated[Format, typer.Option(help="Sentences, or JSON.")] = Format.TEXT,
) -> None:
    """Which option for which tree removes most expected risk within the budget.

    Exact up to 2,000 trees; above, a list with a printed bound on how much
    better any other could be. Beside it, the list by risk removed per cost.
    """
    from arborisk.errors import SettingsError
    from arborisk.risk.annual import ClassChances
    from arborisk.risk.checks import checked_number
    from arborisk.risk.class_prior import load_prior
    from arborisk.risk.portfolio_options import read_options
    from arborisk.risk.portfolio_plan import plan_work
    from arborisk.risk.portfolio_table import read_trees
    from arborisk.risk.portfolio_work_list import (
        plan_intervals,
        plan_json,
        plan_lines,
        write_work_list,
    )
    from arborisk.risk.storm_rate import read_storm_rate

    hours = {}
    for text in crew_hours or []:
        crew, sign, number = text.partition("=")
        if not sign:
            raise SettingsError(
                "CREW=HOURS",
                repr(text),
                "--crew-hours",
                "Write the name of the crew, the sign = and its hours, for example climbers=40.",
            )
        hours[crew] = checked_number(number, "hours", "--crew-hours", low=0.0)
    chances = (
        None
        if storms is None
        else ClassChances(load_prior(prior), read_storm_rate(storms), years=1.0)
    )
    table = read_trees(options, needed=("tree", "option", "cost"))
    with messages_to_standard_error():
        found = plan_work(read_options(table, chances), budget, crew_hours=hours)
    intervals = plan_intervals(found, chances)
    if out is not None:
        write_work_list(found, table, out)
    if page is not None:
        from arborisk.report.risk_plan_page import write_plan_page

        write_plan_page(
            found,
            table,
            page,
            unit=unit,
            intervals=intervals,
            chances=chances,
            crew_hours=hours,
        )
    if format is Format.JSON:
        import json

        content = plan_json(found, intervals, unit=unit)
        say(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for line in plan_lines(found, intervals, unit=unit):
        say(line)
    if chances is not None:
        from arborisk.risk.annual_words import basis_lines

        say("")
        for line in basis_lines(chances):
            say(line)


@contextlib.contextmanager
def messages_to_standard_error() -> Iterator[None]:
    """The solver prints messages of its own, which must not stand among the results."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
