"""From a grid to its tables and report: what is shared first, then the cells side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from arborisk.dataset.loading import load_dataset
from arborisk.photos.workers import n_cores
from arborisk.studies.experiment.cells import GridCell, axes_text, drawn_dataset, resolve_cells
from arborisk.studies.experiment.folder import (
    Counts,
    is_finished,
    open_folder,
    refuse_other_grid,
    write_about,
)
from arborisk.studies.experiment.grid import Grid
from arborisk.studies.experiment.pool import CellOutcome, Job, do_jobs
from arborisk.studies.experiment.sharing import (
    check_networks,
    embed_photos,
    make_tasks,
    prepare_photos,
)
from arborisk.studies.learners import ProgressFor
from arborisk.wording.counts import counted
from arborisk.wording.sentences import DRAWN_TREES


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """What an experiment gave.

    Attributes:
        out: Its folder.
        n_runs: Runs asked for.
        failed: Runs that failed, each with the reason.
        counts: What was made once for all cells.
        deck_table: The table as the deck prints it, in Markdown.
        report: The HTML report.
    """

    out: Path
    n_runs: int
    failed: Mapping[str, str]
    counts: Counts
    deck_table: str
    report: Path


def run_experiment(
    grid: Grid,
    out: Path,
    *,
    dataset: Path | None = None,
    n_processes: int | None = None,
    resume: bool = False,
    progress_for: ProgressFor = lambda _: lambda done, total: None,
    tell: Callable[[str], None] = lambda _: None,
) -> ExperimentResult:
    """Measures every cell of a grid on the same photos and splits.

    Args:
        grid: What to measure.
        out: Folder to write.
        dataset: Data set; None takes the grid's, or draws a stand.
        n_processes: Runs done at the same time; None for one a core.
        resume: Go on with an experiment that was interrupted: what is finished is kept.
        progress_for: Gives the progress of a named piece of long work.
        tell: Called with a line about what was done and what is left.

    Raises:
        SettingsError: The grid cannot work, or the folder is taken; nothing was done.
        DatasetError: The data set or a scheme cannot be used.
        SplitError: A cell has no valid split.
        PhotoError: A photo cannot be used.
    """
    cells, skipped = resolve_cells(grid)
    for one in skipped:
        tell(f"Left out: {axes_text(one.axes)}. {one.reason}")
    check_networks(cells)
    counts = open_folder(out, grid, resume=resume)
    if dataset is None:
        dataset = Path(grid.dataset) if grid.dataset else None
    if dataset is None:
        tell(f"No data set given: {counted(grid.drawn.trees, 'tree')} drawn. {DRAWN_TREES}")
        dataset = drawn_dataset(out, grid.drawn, progress_for)
    refuse_other_grid(out, cells, load_dataset(dataset).content_hash)
    tasks = make_tasks(dataset, cells, grid.copies)
    is_drawn = any(task.is_drawn for task in tasks.values())
    failed: dict[str, str] = {}

    def write() -> None:
        write_about(
            out,
            grid,
            cells,
            dataset=dataset.name,
            is_drawn=is_drawn,
            counts=counts,
            skipped=skipped,
            failed=failed,
        )

    write()
    jobs = _jobs(grid, cells, out, dataset)
    if jobs:
        prepare_photos(dataset, cells, tasks, counts, progress_for)
        embed_photos(cells, tasks, counts, progress_for)
        write()
    n_runs = sum(len(cell.runs) for cell in cells)
    tell(
        f"{counted(len(cells), 'cell')}, {counted(n_runs, 'run')}, {n_runs - len(jobs)} of them "
        f"finished before; {counted(counts.n_photos, 'photo')}, {counts.n_decoded} decoded, "
        f"{counted(counts.n_embedded, 'picture')} embedded for all cells together"
    )
    try:
        _do(jobs, n_processes or n_cores(), failed, tell)
    except KeyboardInterrupt:
        _write_results(out)  # of what there is
        raise
    finally:
        write()
    return ExperimentResult(out, n_runs, failed, counts, *_write_results(out))


def _jobs(grid: Grid, cells: Sequence[GridCell], out: Path, dataset: Path) -> list[Job]:
    """Runs that are not finished, the longest first: the last ones then end together."""
    jobs = [
        Job(
            title=f"{cell.name} ({axes_text(cell.axes)})"
            + (f", repeat {number}" if grid.repeats > 1 else ""),
            name=run,
            run=out / run,
            dataset=dataset,
            settings=settings,
            n_copies=grid.copies,
        )
        for cell in cells
        for number, (run, settings) in enumerate(
            zip(cell.runs, cell.settings, strict=True), start=1
        )
        if not is_finished(out, run)
    ]
    return sorted(jobs, key=lambda job: -job.cost)


def _do(
    jobs: Sequence[Job], n_processes: int, failed: dict[str, str], tell: Callable[[str], None]
) -> None:
    """Does the runs, and tells of each what became of it and how long the rest will take."""
    started = monotonic()
    total = sum(job.cost for job in jobs)
    done = 0.0
    with closing(do_jobs(jobs, n_processes)) as outcomes:
        for number, outcome in enumerate(outcomes, start=1):
            done += outcome.job.cost
            left = max((monotonic() - started) * (total - done) / done, 0.0)
            if outcome.problem:
                failed[outcome.job.name] = outcome.problem
            tell(f"{number} of {counted(len(jobs), 'run')}, {_time(left)} left: {_line(outcome)}")


def _line(outcome: CellOutcome) -> str:
    """What became of one run."""
    if outcome.problem:
        return f"{outcome.job.title} failed. {outcome.problem}"
    return f"{outcome.job.title} in {_time(outcome.seconds)}"


def _time(seconds: float) -> str:
    """Seconds, or minutes from two minutes on."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _write_results(out: Path) -> tuple[str, Path]:
    """Writes tables and report; gives the deck's table and the path of the report."""
    from arborisk.evaluation.experiment import read_experiment
    from arborisk.evaluation.experiment_tables import write_experiment_tables
    from arborisk.report.experiment_report import write_experiment_report

    write_experiment_tables(read_experiment(out), out)
    return (out / "deck_table.md").read_text(encoding="utf-8"), write_experiment_report(out)
