"""Options that several commands share: how a result is printed, and what a model's table gives."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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
SeedOption = Annotated[int, typer.Option(help="Same seed, same numbers.")]
