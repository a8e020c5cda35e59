"""Imminent in a table that a command refuses: said before the refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from arborisk.errors import ArboriskError
from arborisk.tables.choices import TableChoices


@contextmanager
def imminent_if_refused(
    table: Path | str | None, choices: TableChoices | None = None
) -> Iterator[None]:
    """Says on standard error what a table calls Imminent where the work on it ends in an error.

    Args:
        table: The table; None for none.
        choices: What the user says of it.
    """
    try:
        yield
    except ArboriskError:
        if table is not None:
            with suppress(ArboriskError, OSError):
                _say(table, choices or TableChoices())
        raise


def _say(path: Path | str, choices: TableChoices) -> None:
    from arborisk.cli.console import note
    from arborisk.tables.columns import find_columns
    from arborisk.tables.imminent import called, imminent_rows
    from arborisk.tables.read import read_table
    from arborisk.tables.role_table import RoleTable
    from arborisk.wording.sentences import imminent_line

    table = read_table(path, sheet=choices.sheet, layer=choices.layer)
    rows = RoleTable(table, find_columns(table, choices), choices, {}, ())
    if urgent := imminent_line(called(rows, imminent_rows(rows))):
        note(urgent)
