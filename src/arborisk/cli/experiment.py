"""``arborisk experiment``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import FiguresOption
from arborisk.cli.console import note, progress_for, say
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arborisk.studies.experiment.cells import GridCell, Skipped
    from arborisk.studies.experiment.grid import Grid

SOME_FAILED = 3


def experiment(
    grid: Annotated[
        str,
        typer.Argument(help="A TOML file, or a ready grid: deck, leak, next-steps, paper."),
    ],
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path("experiment"),
    dataset: Annotated[
        Path | None,
        typer.Option(
            help="Data set made by `arborisk import`.  "
            "[default: the grid's, or a stand of drawn trees]"
        ),
    ] = None,
    scheme: Annotated[
        list[str] | None,
        typer.Option(
            help="Instead of the grid's schemes, any number of times; as-labelled for a data set "
            "with labels of its own."
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Folds; 0 for one hold-out.  [default: the grid's]", min=0)
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(help="Splits that each cell is measured on.  [default: the grid's]", min=1),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A setting of all cells, e.g. training.epochs=8 or size=64.",
        ),
    ] = None,
    figures: FiguresOption = None,
    jobs: Annotated[int, typer.Option(help="Runs at the same time; 0 for one a core.", min=0)] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted experiment in --out.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the cells and leave; nothing is done.")
    ] = False,
) -> None:
    """Measure a grid of models and settings on the same photos and splits.

    Photos are decoded once and embedded once for all cells. Writes tables as the deck prints them
    and in full, and a report with figures. Without a data set a stand of trees is drawn: those say
    nothing of real trees. Protocols deck and leaky are there to show how much they flatter.
    """
    from arborisk.cli.common_options import parse_assignments
    from arborisk.studies.experiment.cells import resolve_cells
    from arborisk.studies.experiment.grid import Overrides, read_grid, with_overrides
    from arborisk.studies.experiment.runner import run_experiment

    wanted = Overrides(scheme or (), folds, repeats, parse_assignments(assignments or []))
    chosen = with_overrides(read_grid(grid), wanted)
    if dry_run:
        say(_plan(chosen, *resolve_cells(chosen)))
        return
    try:
        result = run_experiment(
            chosen,
            out,
            dataset=dataset,
            n_processes=jobs or None,
            resume=resume,
            progress_for=progress_for,
            tell=note,
        )
    except KeyboardInterrupt:
        note(f"Interrupted. Go on with the same command and --resume; {out} keeps what is done.")
        raise
    say(result.deck_table)
    say(f"Report: {result.report}")
    for run, reason in result.failed.items():
        note(f"Failed: {run}. {reason}")
    if result.failed:
        raise typer.Exit(SOME_FAILED)


def _plan(grid: Grid, cells: Sequence[GridCell], skipped: Sequence[Skipped]) -> str:
    """The cells, one a line, and how much is to be trained."""
    from arborisk.studies.experiment.cells import axes_text

    lines = [f"{cell.name}  {axes_text(cell.axes)}" for cell in cells]
    lines += [f"left out  {axes_text(one.axes)}. {one.reason}" for one in skipped]
    rounds = sum(max(one.split.folds, 1) for cell in cells for one in cell.settings)
    runs = sum(len(cell.runs) for cell in cells)
    lines.append(
        f"{counted(len(cells), 'cell')}, {counted(runs, 'run')}, {counted(rounds, 'training')}"
    )
    return "\n".join(lines)
