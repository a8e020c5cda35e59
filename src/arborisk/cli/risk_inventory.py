"""``arborisk risk inventory``: ratings of many trees from a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import say
from arborisk.cli.risk_rate import TakeFrom
from arborisk.cli.table_options import (
    ColumnOption,
    LayerOption,
    MapOption,
    PlacesOption,
    SheetOption,
    UnitsOption,
    choices_of,
)

if TYPE_CHECKING:
    from arborisk.risk.portfolio_ranking import Ranking
    from arborisk.risk.portfolio_rating import RatedInventory
    from arborisk.risk.portfolio_stated import Disagreements

EXIT_SOME_ROWS_FAILED = 3
_WIDTH = 118


def inventory(
    table: Annotated[
        str,
        typer.Argument(
            help="CSV, XLSX, GeoJSON, GeoPackage, shapefile or Parquet, a row for each part above "
            "a target: tree, failure, impact (or occupancy, protection, zone), consequences. "
            "arborisk table FILE --for inventory shows what is read."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(help="Ranked list: .csv, .xlsx, .geojson, .gpkg, .parquet or .jsonl."),
    ],
    time_frame_years: Annotated[
        float, typer.Option(help="Years that the likelihoods of failure are about.")
    ],
    column: ColumnOption = None,
    units: UnitsOption = None,
    mapped: MapOption = None,
    places: PlacesOption = "",
    sheet: SheetOption = None,
    layer: LayerOption = None,
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
    excel_mark: Annotated[
        bool, typer.Option(help="Begin a CSV with the mark by which Excel tells UTF-8.")
    ] = False,
) -> None:
    """Rates every tree of TABLE: the highest row wins, missing words give ranges.

    The list that it writes is ranked; Imminent comes first. Columns that came
    are never changed. Rows that cannot be read keep their place and say why
    in the column arborisk_problem; the exit status is then 3.
    """
    from arborisk.cli.console import note
    from arborisk.risk.checks import checked_years
    from arborisk.risk.model_answers import NOT_IMMINENT, Take, read_model_answers
    from arborisk.risk.portfolio_ranking import rank_inventory
    from arborisk.risk.portfolio_rating import rate_inventory
    from arborisk.risk.portfolio_stated import disagreements
    from arborisk.risk.portfolio_words import imminent_first
    from arborisk.risk.portfolio_writing import write_inventory
    from arborisk.risk.rating_words import DRAFT, LOW_IS_NOT_NONE
    from arborisk.tables.beside import renamed_note
    from arborisk.tables.read import file_of
    from arborisk.tables.role_table import read_role_table
    from arborisk.tables.write import check_out
    from arborisk.wording.counts import counted

    inputs = [file_of(table), *([model] if model else [])]
    check_out(out, inputs=inputs)
    years = checked_years(time_frame_years, "--time-frame-years")
    choices = choices_of(column, units, mapped, places, sheet, layer)
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
    trees = read_role_table(table, choices, needed=("tree",), command="inventory")
    rated = rate_inventory(trees, answers=answers)
    urgent = imminent_first(rated)
    if urgent:
        note(urgent)
    ranking, differing = rank_inventory(rated), disagreements(rated)
    names = write_inventory(rated, ranking, differing, out, time_frame_years=years, bom=excel_mark)
    if urgent:
        say(urgent)
    for line in _lines(rated, ranking, differing, out, years):
        say(line)
    if renamed_note(names):
        say(renamed_note(names))
    if answers:
        say(NOT_IMMINENT)
    say(f"{LOW_IS_NOT_NONE} {DRAFT}")
    if rated.n_failed:
        first = next(row for row, why in enumerate(rated.failure) if why)
        say(
            f"{counted(rated.n_failed, 'row')} without a rating; the first, {trees.name(first)}: "
            f"{rated.failure[first]}"
        )
    if rated.n_failed or rated.inspections.conflicts:
        raise typer.Exit(EXIT_SOME_ROWS_FAILED)


def _lines(
    rated: RatedInventory, ranking: Ranking, differing: Disagreements, out: Path, years: float
) -> Iterator[str]:
    """Counts, the head of the list, and doubts."""
    import textwrap

    from arborisk.cli.text_table import text_table
    from arborisk.risk.portfolio_words import COLUMNS, count_lines, doubt_lines, head_rows
    from arborisk.wording.counts import counted

    yield (
        f"{counted(rated.n_trees, 'tree')} rated over {counted(years, 'year')}, written to {out}:"
    )
    yield from count_lines(rated)
    rows = head_rows(rated, ranking)
    if rows:
        yield ""
        yield f"First on the list, of {counted(len(ranking.first), 'tree')}:"
        table = text_table(COLUMNS, rows, numbers=("rank",))
        yield from (line[: _WIDTH - 3] + "..." if len(line) > _WIDTH else line
                    for line in table.splitlines())  # fmt: skip
        yield ""
    for line in doubt_lines(rated, differing):
        indent = "    " if line.startswith("  ") else "  "
        yield from textwrap.wrap(line, _WIDTH, subsequent_indent=indent)
