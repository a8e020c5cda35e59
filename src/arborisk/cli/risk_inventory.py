"""``arborisk risk inventory``: ratings of many trees from a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import (
    ExcelMarkOption,
    ModelOption,
    ModelSchemeOption,
    ModelTakesOption,
    StudyOnlyOption,
    TakeFrom,
)
from arborisk.cli.console import note, say, wrapped
from arborisk.cli.table_options import with_table_options

if TYPE_CHECKING:
    from arborisk.risk.portfolio.rating import Ranking, RatedInventory
    from arborisk.risk.portfolio.writing import Disagreements
    from arborisk.tables.choices import TableChoices

EXIT_SOME_ROWS_FAILED = 3
_WIDTH = 118


@with_table_options()
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
    *,
    choices: TableChoices,
    model: ModelOption = None,
    model_takes: ModelTakesOption = TakeFrom.CHANCES,
    scheme: ModelSchemeOption = None,
    allow_study_only: StudyOnlyOption = False,
    excel_mark: ExcelMarkOption = False,
) -> None:
    """Rates every tree of TABLE: the highest row wins, missing words give ranges.

    The list that it writes is ranked; Imminent comes first. Columns that came
    are never changed. Rows that cannot be read keep their place and say why
    in the column arborisk_problem; the exit status is then 3.
    """
    from arborisk.cli.common_options import imminent_if_refused
    from arborisk.risk.model_answers import NOT_IMMINENT, Take, read_model_answers
    from arborisk.risk.portfolio.rating import rank_inventory, rate_inventory
    from arborisk.risk.portfolio.sentences import imminent_first
    from arborisk.risk.portfolio.writing import disagreements, write_inventory
    from arborisk.risk.rating.reading import checked_years
    from arborisk.risk.rating.sentences import DRAFT, LOW_IS_NOT_NONE
    from arborisk.tables.beside import renamed_note
    from arborisk.tables.role_table import read_role_table
    from arborisk.tables.write import check_out
    from arborisk.wording.counts import counted

    check_out(out)
    years = checked_years(time_frame_years, "--time-frame-years")
    with imminent_if_refused(table, choices):
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
    from arborisk.cli.console import text_table
    from arborisk.risk.portfolio.sentences import COLUMNS, count_lines, doubt_lines, head_rows
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
        yield from wrapped(line, "    " if line.startswith("  ") else "  ", width=_WIDTH)
