"""Options that several commands share: how a result is printed, and what a model's table gives."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from arborisk.errors import ArboriskError, SettingsError
from arborisk.tables.choices import TableChoices


class Format(StrEnum):
    """Sentences for people, or JSON."""

    TEXT = "text"
    JSON = "json"


class TableFormat(StrEnum):
    """A table for people, or JSON."""

    TABLE = "table"
    JSON = "json"


class TakeFrom(StrEnum):
    """What is taken of a model's answer."""

    CHANCES = "chances"
    SETS = "sets"


FormatOption = Annotated[Format, typer.Option(help="Sentences, or JSON.")]
TableFormatOption = Annotated[TableFormat, typer.Option(help="Table for people, or JSON.")]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Table of `arborisk predict`: its answer stands where no person rated the failure.",
    ),
]
ModelTakesOption = Annotated[
    TakeFrom,
    typer.Option(help="Of the model: calibrated chances, or likelihood sets."),
]
ModelSchemeOption = Annotated[
    str | None,
    typer.Option(help="Class scheme of the model, if its own.", show_default="of the table"),
]
StudyOnlyOption = Annotated[
    bool,
    typer.Option(
        help="Take a model that leaves a class out, as Pr_Im does, all the same.",
    ),
]
ExcelMarkOption = Annotated[
    bool,
    typer.Option(help="Begin a CSV with the mark by which Excel tells UTF-8."),
]
BesideOption = Annotated[
    Path | None,
    typer.Option(
        help="Write one row a tree, our columns beside yours: .csv, .jsonl, .parquet, .geojson, "
        ".gpkg or .xlsx.",
        show_default="not written",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(help="Write an HTML report here.", show_default="no report"),
]
FiguresOption = Annotated[
    Path | None,
    typer.Option(
        help="Also write each figure of the report into this folder as SVG and PDF, each table as "
        "LaTeX.",
        show_default="not written",
    ),
]
SeedOption = Annotated[int, typer.Option(help="Same seed, same numbers.")]


def parse_assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Turns ``training.patience=3`` into a key with dots and a value.

    Values are read as TOML; what is none, such as ``adamw``, is taken as text.

    Args:
        texts: One ``KEY=VALUE`` each.

    Raises:
        SettingsError: A text without a key or without ``=``.

    >>> parse_assignments(["training.patience=3", "model1.dense=[64, 32]", "model=model1"])
    {'training.patience': 3, 'model1.dense': [64, 32], 'model': 'model1'}
    """
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key.strip() or not equals:
            raise SettingsError(
                "KEY=VALUE, such as training.patience=3",
                repr(text),
                "--set",
                "Write a key, the sign = and a value, without spaces.",
            )
        found[key.strip()] = _value(value.strip())
    return found


def _value(text: str) -> object:
    """A TOML value, or the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


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
