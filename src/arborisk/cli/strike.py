"""``arborisk risk strike``: where a failing tree may fall, and on what."""

from __future__ import annotations

import enum
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
    from arborisk.risk.strike.analysis import StrikeAnalysis
    from arborisk.tables.choices import TableChoices
    from arborisk.tables.role_table import RoleTable

MOST_TARGETS = 20
DONE_WITH_REFUSALS = 3


class Condition(enum.StrEnum):
    """Condition of trees that do not say."""

    LIVING = "living"
    DEAD = "dead"


@with_table_options()
def strike(
    inventory: Annotated[
        Path,
        typer.Argument(
            help="CSV, XLSX, GeoJSON, GeoPackage, shapefile or Parquet, FILE.gpkg:LAYER: one row "
            "a tree, with its place, height and condition (living, dead, brittle). `arborisk "
            "table` shows what is read."
        ),
    ],
    position_error: Annotated[
        str,
        typer.Option(
            help="Standard deviation of each coordinate of a tree, m; '5 ft' is taken too."
        ),
    ],
    lines: Annotated[
        str,
        typer.Option(
            help="Layer of conductors: GeoJSON, GeoPackage, shapefile; FILE.gpkg:LAYER.",
            show_default="none",
        ),
    ] = "",
    roads: Annotated[
        str, typer.Option(help="Layer of roads, as outlines or lines.", show_default="none")
    ] = "",
    buildings: Annotated[
        str, typer.Option(help="Layer of building footprints.", show_default="none")
    ] = "",
    conductor_height: Annotated[
        str,
        typer.Option(
            help="Height of the lowest conductor where a line states none, m: 9±1 or 9+-1; "
            "'30±3 ft' is taken too.",
            show_default="refuse them",
        ),
    ] = "",
    road_width: Annotated[
        str,
        typer.Option(
            help="Width of roads drawn as lines, m; '20 ft' is taken too.",
            show_default="refuse them",
        ),
    ] = "",
    condition: Annotated[
        Condition | None,
        typer.Option(help="Condition of trees that do not say.", show_default="refuse them"),
    ] = None,
    crown: Annotated[
        bool,
        typer.Option(help="Let a strip as wide as the crown fall, instead of the stem's axis."),
    ] = False,
    direction: Annotated[
        str,
        typer.Option(
            help="Which way trees fall: uniform; BEARING,KAPPA (von Mises, degrees from north); or "
            "a CSV with bearing_deg and weight."
        ),
    ] = "uniform",
    failure: Annotated[
        str,
        typer.Option(
            help="Column with the chance of failure, with _low and _high beside it, such as "
            "p_storm of arborisk risk storm --out.",
            show_default="none: chances given a failure only",
        ),
    ] = "",
    draws: Annotated[int, typer.Option(help="Draws of height, place and conductor height.")] = 200,
    seed: SeedOption = 0,
    out: BesideOption = None,
    pairs_out: Annotated[
        Path | None,
        typer.Option(
            help="Write one row a tree and target, in one of the same formats.",
            show_default="not written",
        ),
    ] = None,
    zones_out: Annotated[
        Path | None,
        typer.Option(help="Write fall zones as GeoJSON.", show_default="not written"),
    ] = None,
    figures: FiguresOption = None,
    report: ReportOption = None,
    *,
    choices: TableChoices,
    format: TableFormatOption = TableFormat.TABLE,
) -> None:
    """Chance that a failing tree strikes a line, a road or a building.

    Exact windows of fall directions within each tree's reach, averaged over
    what is measured with error. Rows and features that cannot be used are
    named and left out; the exit status is then 3. Needs the extra geo.

    Near wires: treat as energised; keep clear; qualified line-clearance
    arborist only.
    """
    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.errors import ArboriskError
    from arborisk.risk.strike import tables
    from arborisk.risk.strike.analysis import StrikeRequest, analyse_strike, read_inventory
    from arborisk.tables.imminent import called, imminent_rows
    from arborisk.wording.sentences import NEAR_WIRES, imminent_line

    request = StrikeRequest(
        inventory=inventory,
        position_error_m=_metres(position_error, "--position-error"),
        choices=choices,
        lines=lines,
        roads=roads,
        buildings=buildings,
        conductor_height=conductor_height,
        road_width_m=_metres(road_width, "--road-width") if road_width else None,
        condition=condition.value if condition else None,
        crown=crown,
        direction=direction,
        failure=failure,
        draws=draws,
        seed=seed,
    )
    try:
        with imminent_if_refused(inventory, request.choices):
            rows = read_inventory(request)
        urgent = imminent_line(called(rows, imminent_rows(rows)))
        if urgent:  # before anything else can go wrong
            note(urgent)
        _check_outputs(rows, out, pairs_out, zones_out)
        with progress("Computing fall zones") as step:
            found = analyse_strike(request, step, rows=rows)
    except ArboriskError:
        if lines:  # a line may be in reach all the same
            note(f"Near wires: {NEAR_WIRES}")
        raise
    if out is not None:
        written = tables.out_rows(found)
        note(f"Trees: {written.write(out)}")
        for line in written.notes:
            note(line)
    if pairs_out is not None:
        note(f"Trees and targets: {tables.write_pairs(found, pairs_out)}")
    if zones_out is not None:
        note(f"Fall zones: {tables.write_zones(found, zones_out)}")
    if report is not None:
        from arborisk.report.strike_report import write_strike_report

        note(f"Report: {write_strike_report(found, report)}")
    if format is TableFormat.JSON:
        say_json(tables.as_json(found))
    else:
        say(_as_text(found))
    if found.n_refused:
        raise typer.Exit(DONE_WITH_REFUSALS)


def _metres(text: str, name: str) -> float:
    """A length of an option in metres; one in another unit is echoed."""
    from arborisk.tables.quantities import read_option

    read = read_option(text, "length", unit="m", name=name)
    if read.note:
        note(f"{name}: {read.note}")
    return read.value


def _check_outputs(
    rows: RoleTable, out: Path | None, pairs_out: Path | None, zones_out: Path | None
) -> None:
    """Refuses formats and files that must not be written before any work is done."""
    from arborisk.risk.strike.tables import ALL_COLUMNS, PAIR_FIELDS
    from arborisk.tables.beside import check_beside, check_ours
    from arborisk.tables.write import check_out

    if out is not None:
        check_beside(out, rows, ALL_COLUMNS)
    if pairs_out is not None:
        check_out(pairs_out)
        check_ours(pairs_out, [field.name for field in PAIR_FIELDS])
    if zones_out is not None:
        check_out(zones_out, formats=[".geojson"])


def _as_text(found: StrikeAnalysis) -> str:
    """Sentences, targets, and what strikes on lines would mean."""
    from arborisk.cli.console import text_table
    from arborisk.risk.strike import words
    from arborisk.risk.strike.by_target import strikes_by_target

    strikes = strikes_by_target(found.result)
    lines = [line for text in words.first_lines(found) for line in (*wrapped(text), "")]
    lines += wrapped(words.headline(found))
    if strikes:
        rows = words.target_rows(strikes[:MOST_TARGETS])
        lines += ["", text_table(words.TARGET_COLUMNS, rows, numbers=words.TARGET_COLUMNS[2:])]
    if len(strikes) > MOST_TARGETS:
        lines.append(f"The first {MOST_TARGETS} of {len(strikes)}; the JSON holds all.")
    lines += ["", *bullets(words.detail_sentences(found))]
    for one in strikes[:MOST_TARGETS]:
        said = words.consequence_sentences(one)
        if said:
            lines += ["", f"If circuit {one.target.name} is struck", *bullets(said)]
    return "\n".join([*lines, "", "Limits", *bullets(words.limits_of(found))])
