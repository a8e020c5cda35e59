"""``arborisk table``: what a table holds, and what each command would make of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import Format, FormatOption
from arborisk.cli.console import note, say, say_json
from arborisk.cli.table_options import with_table_options

if TYPE_CHECKING:
    from arborisk.tables.choices import TableChoices


class For(StrEnum):
    """Command that a table is for."""

    IMPORT = "import"
    AGREE = "agree"
    INVENTORY = "inventory"
    PLAN = "plan"
    STORM = "storm"
    STRIKE = "strike"
    PREDICT = "predict"
    SPLIT = "split"
    OUTCOMES = "outcomes"
    LINES = "lines"
    ROADS = "roads"
    BUILDINGS = "buildings"
    GUSTS = "gusts"


@with_table_options()
def table(
    file: Annotated[
        str,
        typer.Argument(
            help="CSV, XLSX, GeoJSON, GeoPackage, shapefile or Parquet; FILE.gpkg:LAYER."
        ),
    ],
    command: Annotated[
        For | None,
        typer.Option(
            "--for", help="Command or layer that the table is for.", show_default="all commands"
        ),
    ] = None,
    *,
    choices: TableChoices,
    write_map: Annotated[
        Path | None,
        typer.Option(
            help="Map file to write, .toml: edit it and give it to any command with --map.",
            show_default="not written",
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Shows what a table holds before anything is done with it.

    Headers seen with the role and unit taken for each and why, places and
    their system, rows that would be refused with the reasons, and what is
    missing for which command. It changes nothing.
    """
    from arborisk.cli.table_text import look_json, look_lines
    from arborisk.tables.look import look_at
    from arborisk.wording.sentences import imminent_line

    if write_map is not None:
        _check_map(write_map)
    look = look_at(file, choices, command.value if command else "")
    if urgent := imminent_line(look.imminent):
        note(urgent)
    if format is Format.JSON:
        say_json(look_json(look))
    else:
        for line in look_lines(look):
            say(line)
    if write_map is not None:
        from arborisk.files import write_text_whole
        from arborisk.tables.look import map_text

        write_text_whole(write_map, map_text(look, choices))
        note(f"Map file: {write_map}. Edit it, and give it to any command with --map.")


def _check_map(path: Path) -> None:
    """Refuses a map file of another kind, before anything is read."""
    from arborisk.errors import OutputError
    from arborisk.tables.choices import MAP_SUFFIX

    if path.suffix.lower() != MAP_SUFFIX:
        raise OutputError(
            f"a name that ends in {MAP_SUFFIX}", repr(path.name), "--write-map", "Change the name."
        )
