"""``arborisk storm``: failures expected in a storm, or in a year of a site's weather."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import say

if TYPE_CHECKING:
    from arborisk.risk.storm.analysis import StormAnalysis

MOST_GROUPS = 20
DONE_WITH_REFUSALS = 3


class Format(enum.StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


class Kind(enum.StrEnum):
    """Kind of trees that do not say."""

    BROADLEAF = "broadleaf"
    CONIFER = "conifer"


def storm(
    inventory: Annotated[
        Path,
        typer.Argument(
            help="CSV, GeoJSON or GeoPackage: one row a tree, with height_m, dbh_cm, kind and what "
            "else was measured."
        ),
    ],
    gust: Annotated[
        str,
        typer.Option(
            help="Gust of the storm at 10 m, m/s, with its standard deviation: 32±2 or 32+-2.",
            show_default="no storm",
        ),
    ] = "",
    gust_map: Annotated[
        Path | None,
        typer.Option(
            help="CSV of points, or GeoJSON or GeoPackage of areas, with gust_ms and gust_sd_ms.",
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
        Kind | None,
        typer.Option(help="Kind of trees that do not say.", show_default="refuse them"),
    ] = None,
    fill_missing: Annotated[
        bool,
        typer.Option(
            help="Draw measures that are missing from the assumptions, instead of refusing the "
            "tree. Height and diameter are never filled."
        ),
    ] = False,
    draws: Annotated[int, typer.Option(help="Draws of each tree, in 200 worlds.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Write one row a tree: CSV or GeoJSON.", show_default="not written"),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write an HTML report here.", show_default="no report")
    ] = None,
    format: Annotated[Format, typer.Option(help="Table for people, or JSON.")] = Format.TABLE,
) -> None:
    """Fragility of trees, and failures expected in a storm or in a year.

    Wind load against stem and root plate for every tree, by Monte Carlo:
    everything that nobody measured is drawn from named assumptions. Give a
    storm (--gust or --gust-map), a climate, or both. Rows that cannot be
    computed are named and left out; the exit status is then 3.
    """
    import json

    from arborisk.cli.console import note, progress
    from arborisk.risk.storm.analysis import StormRequest, analyse_storm
    from arborisk.risk.storm.tables import as_json, write_trees

    request = StormRequest(
        inventory=inventory,
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
    with progress("Drawing trees") as step:
        found = analyse_storm(request, step)
    if out is not None:
        note(f"Trees: {write_trees(found, out)}")
    if report is not None:
        from arborisk.report.storm_report import write_storm_report

        note(f"Report: {write_storm_report(found, report)}")
    if format is Format.JSON:
        say(json.dumps(as_json(found), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        say(_as_text(found))
    if found.refused:
        raise typer.Exit(DONE_WITH_REFUSALS)


def _as_text(found: StormAnalysis) -> str:
    """Sentences, and a table of groups."""
    import textwrap

    from arborisk.cli.text_table import text_table
    from arborisk.risk.storm.tables import GROUP_COLUMNS, YEAR_COLUMNS, group_rows, year_rows
    from arborisk.risk.storm.words import LIMITS, detail_sentences, headline

    lines = textwrap.wrap(headline(found), 98)
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
        for sentence in sentences:
            lines += textwrap.wrap(f"* {sentence}", 98, subsequent_indent="  ")
    return "\n".join(lines)
