"""``arborisk risk plan``: a work list under a budget."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import ExcelMarkOption, FiguresOption, Format, FormatOption
from arborisk.cli.console import note, say, say_json
from arborisk.cli.risk_inventory import EXIT_SOME_ROWS_FAILED
from arborisk.cli.table_options import with_table_options

if TYPE_CHECKING:
    from arborisk.risk.portfolio.options import Options
    from arborisk.tables.choices import TableChoices


@with_table_options()
def plan(
    options: Annotated[
        str,
        typer.Argument(
            help="CSV, XLSX, GeoJSON, GeoPackage, shapefile or Parquet, a row for each option of "
            "a tree: tree, option, cost, and risk and risk_after, or failure, failure_after, "
            "impact_chance and loss; crew, hours, needs. arborisk table FILE --for plan shows "
            "what is read.",
        ),
    ],
    budget: Annotated[float, typer.Option(help="Money there is.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Work list: .csv, .xlsx, .geojson, .gpkg, .parquet or .jsonl.",
            show_default="not written",
        ),
    ] = None,
    figures: FiguresOption = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Summary to write as HTML: curve, map, streets.", show_default="none"),
    ] = None,
    *,
    choices: TableChoices,
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
    excel_mark: ExcelMarkOption = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Which option for which tree removes most expected risk within the budget.

    Exact up to 2,000 trees; above, a list with a printed bound on how much
    better any other could be. Beside it, the list by risk removed per cost.
    Trees rated Imminent stand first, outside the budget. Rows that cannot be
    read are named and left out; the exit status is then 3.
    """
    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.errors import SettingsError
    from arborisk.risk.annual.chances import ClassChances
    from arborisk.risk.annual.prior import load_prior, read_storm_rate
    from arborisk.risk.portfolio.options import read_options
    from arborisk.risk.portfolio.plan import plan_work
    from arborisk.risk.portfolio.work_list import (
        plan_intervals,
        plan_json,
        plan_lines,
        urgent_first,
        write_work_list,
    )
    from arborisk.risk.rating.reading import checked_number
    from arborisk.tables.role_table import read_role_table
    from arborisk.tables.write import check_out

    if out is not None:
        check_out(out)
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
    with imminent_if_refused(options, choices):
        table = read_role_table(options, choices, needed=("tree", "option", "cost"), command="plan")
        read = read_options(table, chances)
        with messages_to_standard_error():
            found = plan_work(read, budget, crew_hours=hours)
    urgent = urgent_first(found)
    if urgent:
        note(urgent)
    intervals = plan_intervals(found, chances)
    if out is not None:
        write_work_list(found, table, out, bom=excel_mark)
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
        say_json(plan_json(found, intervals, unit=unit))
        _leave(read)
        return
    if urgent:
        say(urgent)
    for line in plan_lines(found, intervals, unit=unit):
        say(line)
    for line in dict.fromkeys((*table.notes, *table.places.notes)):
        say(line)
    if chances is not None:
        from arborisk.risk.annual.sentences import basis_lines

        say("")
        for line in basis_lines(chances):
            say(line)
    _leave(read)


def _leave(read: Options) -> None:
    """Ends with the status of every command that could not use some of its rows."""
    if read.problems:
        raise typer.Exit(EXIT_SOME_ROWS_FAILED)


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
