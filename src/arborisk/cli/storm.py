"""``arborisk risk storm``: failures expected in a storm, or in a year of a site's weather."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import (
    BesideOption,
    FiguresOption,
    ReportOption,
    SeedOption,
    TableFormat,
    TableFormatOption,
)
from arborisk.cli.console import bullets, note, progress, say, say_json, wrapped
from arborisk.cli.table_options import with_table_options

if TYPE_CHECKING:
    from arborisk.risk.storm.analysis import StormAnalysis
    from arborisk.tables.choices import TableChoices

MOST_GROUPS = 20
DONE_WITH_REFUSALS = 3


class KindChoice(enum.StrEnum):
    """Kind of trees that do not say."""

    BROADLEAF = "broadleaf"
    CONIFER = "conifer"


@with_table_options()
def storm(
    inventory: Annotated[
        Path,
        typer.Argument(
            help="CSV, XLSX, GeoJSON, GeoPackage, shapefile or Parquet, FILE.gpkg:LAYER: one row "
            "a tree, with height, diameter or girth, kind and what else was measured. `arborisk "
            "table` shows what is read."
        ),
    ],
    gust: Annotated[
        str,
        typer.Option(
            help="Gust of the storm at 10 m, m/s, with its standard deviation: 32±2 or 32+-2; "
            "another unit is taken too: '67±5 mph'.",
            show_default="no storm",
        ),
    ] = "",
    gust_map: Annotated[
        Path | None,
        typer.Option(
            help="Points or areas with gust_ms and gust_sd_ms, m/s: any table or map file.",
            show_default="no map",
        ),
    ] = None,
    climate: Annotated[
        Path | None,
        typer.Option(
            help="TOML: the site's yearly gusts, for chances in a year.", show_default="no climate"
        ),
    ] = None,
    years: Annotated[
        int, typer.Option(help="Time frame in years, for a chance over several years.")
    ] = 1,
    by: Annotated[
        str | None,
        typer.Option(help="Column of street, circuit, ...", show_default="all together"),
    ] = None,
    assume: Annotated[
        str, typer.Option(help="Assumptions on wood, drag, roots: a name or a TOML file.")
    ] = "open_grown_2026",
    kind: Annotated[
        KindChoice | None,
        typer.Option(help="Kind of trees that do not say.", show_default="refuse them"),
    ] = None,
    fill_missing: Annotated[
        bool,
        typer.Option(
            help="Draw measures that are missing from the assumptions, instead of refusing the "
            "tree. Height and diameter are never filled."
        ),
    ] = False,
    draws: Annotated[
        int, typer.Option(help="Draws of each tree, in 500 worlds; fewer draws in 200.")
    ] = 10_000,
    seed: SeedOption = 0,
    out: BesideOption = None,
    figures: FiguresOption = None,
    report: ReportOption = None,
    *,
    choices: TableChoices,
    format: TableFormatOption = TableFormat.TABLE,
) -> None:
    """Fragility of trees, and failures expected in a storm or in a year.

    Wind load against stem and root plate for every tree, by Monte Carlo:
    everything that nobody measured is drawn from named assumptions. Give a
    storm (--gust or --gust-map), a climate, or both. Rows that cannot be
    computed are named and left out; the exit status is then 3.
    """
    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.risk.storm.analysis import StormRequest, analyse_storm, read_inventory
    from arborisk.risk.storm.left_out import Status
    from arborisk.risk.storm.tables import ALL_COLUMNS, as_json, out_rows
    from arborisk.tables.beside import check_beside
    from arborisk.tables.imminent import called, imminent_rows
    from arborisk.wording.sentences import imminent_line

    request = StormRequest(
        inventory=inventory,
        choices=choices,
        gust=gust,
        gust_map=gust_map,
        climate=climate,
        years=years,
        by=by,
        assume=assume,
        kind=kind.value if kind else None,
        fill_missing=fill_missing,
        draws=draws,
        seed=seed,
    )
    with imminent_if_refused(inventory, request.choices):
        rows = read_inventory(request)
    urgent = imminent_line(called(rows, imminent_rows(rows)))
    if urgent:  # before anything else can go wrong
        note(urgent)
    if out is not None:
        check_beside(out, rows, ALL_COLUMNS)
    with progress("Drawing trees") as step:
        found = analyse_storm(request, step, rows=rows)
    if out is not None:
        written = out_rows(found)
        note(f"Trees: {written.write(out)}")
        for line in written.notes:
            note(line)
    if report is not None:
        from arborisk.report.storm_report import write_storm_report

        note(f"Report: {write_storm_report(found, report)}")
    if format is TableFormat.JSON:
        say_json(as_json(found))
    else:
        say(_as_text(found))
    if any(item.status is not Status.HISTORY for item in found.refused):
        raise typer.Exit(DONE_WITH_REFUSALS)


def _as_text(found: StormAnalysis) -> str:
    """Sentences, and a table of groups."""
    from arborisk.cli.console import text_table
    from arborisk.risk.storm.tables import (
        GROUP_COLUMNS,
        LIMITS,
        YEAR_COLUMNS,
        detail_sentences,
        first_lines,
        group_rows,
        headline,
        year_rows,
    )

    lines = [line for text in first_lines(found) for line in (*wrapped(text), "")]
    lines += wrapped(headline(found))
    groups, years = found.result.groups, found.result.year_groups
    n_groups = len(found.result.trees.group_names)
    tables: list[tuple[Sequence[str], list[list[str]]]] = []
    if groups is not None:
        tables.append((GROUP_COLUMNS, group_rows(groups, MOST_GROUPS)))
    if years is not None:
        tables.append((YEAR_COLUMNS, year_rows(years, MOST_GROUPS)))
    for headings, rows in tables if n_groups > 1 else []:
        columns = (found.request.by or "group", *headings[1:])
        lines += ["", text_table(columns, rows, numbers=columns[1:])]
    if tables and n_groups > MOST_GROUPS:
        lines.append(f"The first {MOST_GROUPS} of {n_groups}; the JSON holds all.")
    for title, sentences in (("", detail_sentences(found)), ("Limits", LIMITS)):
        lines += ["", title] if title else [""]
        lines += bullets(sentences)
    return "\n".join(lines)
