"""``arborisk learn demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import note, progress_for, say


def demo(
    out: Annotated[Path, typer.Option(help="Folder to write; an earlier demo is replaced.")] = Path(
        "demo"
    ),
    seed: Annotated[int, typer.Option(help="Same seed, same demo.")] = 7,
) -> None:
    """Do the whole main job on drawn trees and name the report to open.

    Draws trees, imports and audits them, trains Model 1 and the default model, measures both
    beside their baselines, and assesses new photos. Drawn trees are never evidence about real ones.
    """
    from arborisk.studies.demo import run_demo

    made = run_demo(out, seed=seed, progress_for=progress_for, tell=note)
    for run in made.runs:
        say(f"{run.folder.name}: {run.headline}")
    say(f"Open this report: {made.report.resolve()}")
