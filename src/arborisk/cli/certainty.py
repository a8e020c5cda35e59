"""``arborisk certainty``: what a bundle can promise, before anyone relies on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import TableFormat, TableFormatOption
from arborisk.cli.console import say, say_json
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_range
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from arborisk.prediction.promises import Promises


def certainty(
    model: Annotated[
        Path, typer.Argument(help="Run folder of `arborisk train`, or a bundle folder.")
    ],
    coverage: Annotated[
        float,
        typer.Option(min=0.5, max=0.999, help="Share of likelihood sets that hold the true class."),
    ] = 0.9,
    miss_rate: Annotated[
        float,
        typer.Option(
            min=0.0001,
            max=0.9999,
            help="Largest share of groups with a class that may be missed.",
        ),
    ] = 0.05,
    confidence: Annotated[
        float,
        typer.Option(min=0.5, max=0.9999, help="Least chance that the miss rate holds."),
    ] = 0.95,
    format: TableFormatOption = TableFormat.TABLE,
) -> None:
    """What MODEL can promise: coverage of likelihood sets, and how few groups are missed.

    Nothing is asked of photos; all follows from what was said of photos held back.
    """
    from arborisk.bundle.load import load_bundle
    from arborisk.prediction.promises import promises_of

    found = promises_of(
        load_bundle(model), coverage=coverage, miss_rate=miss_rate, confidence=confidence
    )
    if format is TableFormat.JSON:
        say_json(found.as_json())
    else:
        say(_as_text(found, coverage=coverage))


def _as_text(found: Promises, *, coverage: float) -> str:
    """What takes from the answers first, then the promises."""
    lines = [f"Caution: {caution}" for caution in found.cautions]
    for row in found.classes:
        low, high = row.attainable
        covered = (
            f"sets asked for {percent(coverage, 'stated')} really cover {share_range(low, high)}"
            if low < 1
            else f"never ruled out: {row.fewest_groups} groups are needed"
        )
        silent = "; never said by the model" if row.n_groups and not row.n_said else ""
        lines += [
            f"{row.title}: {counted(row.n_groups, 'group')} held back{silent}; {covered}.",
            f"  {row.misses}",
        ]
    lines += [found.set_price_words] if found.set_price_words else []
    return "\n".join([*lines, found.answer_words])
