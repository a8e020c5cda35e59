"""``arborisk info models``: the networks there are, what they cost, and what they start from."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import TableFormat
from arborisk.cli.console import say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arborisk.models.catalogue import CatalogueRow, Times

WIDE = 100
"""Characters of a terminal from which on the licence gets a column of its own."""
NUMBERS = ("params", "mult-adds", "ms", "input")


def models(
    format: Annotated[TableFormat, typer.Option(help="A table, or JSON with everything known.")] = (
        TableFormat.TABLE
    ),
    timing: Annotated[
        bool,
        typer.Option(
            "--timing/--no-timing",
            help="Also measure how long a photo takes here, about a minute the first time; kept in "
            "the user's cache.",
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Measure again what is known, after a busy hour.")
    ] = False,
) -> None:
    """List the networks: parameters, multiply-adds, input, weights, licence, time of a photo here.

    Each model stands once for each start of its weights, pretrained or from scratch. Scores are
    not to be compared across that line: pretrained weights have seen a million pictures more.
    """
    from arborisk.models.catalogue import catalogue

    rows = catalogue(_times(again) if timing else {})
    if format is TableFormat.JSON:
        import dataclasses

        say_json([dataclasses.asdict(row) for row in rows])
        return
    say(models_text(rows, width=shutil.get_terminal_size().columns))


def models_text(rows: Sequence[CatalogueRow], *, width: int) -> str:
    """The table for people, and what its columns mean.

    Args:
        rows: From `arborisk.models.catalogue.catalogue`.
        width: Characters a line may have; from `WIDE` on the licence is a column.
    """
    from arborisk.cli.text_table import text_table

    wide = width >= WIDE
    timed = any(row.ms_a_photo for row in rows)
    columns = ["model", "start", "weights", "params", "mult-adds", "input"]
    columns += ["ms"] * timed + ["licence of the weights"] * wide
    cells = []
    for row in rows:
        line = [row.model, row.start, "" if row.weights == "none" else row.weights]
        line += [f"{row.parameters / 1e6:.1f} M", f"{row.multiply_adds / 1e9:.2f} G"]
        line.append(f"{row.size_px} x {row.channels}")
        line += [f"{min(row.ms_a_photo.values()):.1f}" if row.ms_a_photo else ""] * timed
        line += [_licence(row)] * wide
        cells.append(line)
    table = text_table(columns, cells, numbers=NUMBERS, gap="  " if wide else " ")
    return "\n".join([table, "", *_notes(rows, timed=timed, wide=wide)])


def _notes(rows: Sequence[CatalogueRow], *, timed: bool, wide: bool) -> list[str]:
    """What the columns mean, and what is missing."""
    default = next(row for row in rows if row.default)
    notes = [
        f"Default: {default.model}, {default.start}.",
        "Counted for three classes and the usual input (px x channels).",
        "GoogLeNet's two auxiliary classifiers train besides and are not counted.",
        "Pretrained means on ImageNet: not to be compared with from scratch.",
    ]
    if timed:
        notes.append("ms: a photo here, in ONNX Runtime on all cores, one or eight at a time.")
    if not wide:
        licences = {f"{row.weights} ({_licence(row)})": None for row in rows if row.weights_state}
        notes.append(f"Weights and their licence: {', '.join(licences)}.")
    notes += [
        f"{row.model}: the weights {row.weights} are {row.weights_state}; "
        "see `arborisk info doctor`."
        for row in rows
        if row.weights_state not in ("", "present")
    ]
    return notes


def _licence(row: CatalogueRow) -> str:
    return row.weights_licence or ("not recorded" if row.weights_state else "")


def _times(again: bool) -> dict[str, Times]:
    """Milliseconds a photo by model."""
    from arborisk.cli.console import progress
    from arborisk.models.catalogue import times_here
    from arborisk.models.table import MODELS

    with progress("Timing models") as step:
        return times_here(list(MODELS), again=again, progress=step)
