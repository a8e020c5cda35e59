"""What a bundle can promise, before anyone relies on it: options and text of ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_range
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from arborisk.prediction.promises import Promises


COVERAGE, MISS_RATE, CONFIDENCE = 0.9, 0.05, 0.95
"""Asked for where nothing is stated."""
CoverageOption = Annotated[
    float | None,
    typer.Option(
        min=0.5,
        max=0.999,
        help="Share of likelihood sets that hold the true class.",
        show_default=f"{COVERAGE}",
    ),
]
MissRateOption = Annotated[
    float | None,
    typer.Option(
        min=0.0001,
        max=0.9999,
        help="Largest share of groups with a class that may be missed.",
        show_default=f"{MISS_RATE}",
    ),
]
ConfidenceOption = Annotated[
    float | None,
    typer.Option(
        min=0.5,
        max=0.9999,
        help="Least chance that the miss rate holds.",
        show_default=f"{CONFIDENCE}",
    ),
]


def promised_of(
    model: Path, coverage: float | None, miss_rate: float | None, confidence: float | None
) -> Promises:
    """What a run or bundle can promise; None stands for the usual."""
    from arborisk.bundle.load import load_bundle
    from arborisk.prediction.promises import promises_of

    return promises_of(
        load_bundle(model),
        coverage=coverage or COVERAGE,
        miss_rate=miss_rate or MISS_RATE,
        confidence=confidence or CONFIDENCE,
    )


def promises_text(found: Promises, coverage: float | None) -> str:
    """What takes from the answers first, then the promises."""
    lines = [f"Caution: {caution}" for caution in found.cautions]
    for row in found.classes:
        low, high = row.attainable
        covered = (
            f"sets asked for {percent(coverage or COVERAGE, 'stated')} really cover "
            f"{share_range(low, high)}"
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
