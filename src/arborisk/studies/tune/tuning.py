"""From a data set to the best settings found on it, and what is honest to say of them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, SettingsError, command, option
from arborisk.report.tune_records import DimensionWords, OuterPart, TrialRow, TuneSummary
from arborisk.report.tune_report import write_tune_report
from arborisk.studies.learners import ProgressFor
from arborisk.studies.measuring import prepare_task
from arborisk.studies.run_folder import write_table
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task, make_task
from arborisk.studies.tune.config import (
    BEST,
    OBJECTIVE,
    TuneSettings,
    open_search_folder,
    tuned_record,
    write_best,
)
from arborisk.studies.tune.outer import OutOfTimeError, Say, estimate, outer_settings
from arborisk.studies.tune.search import Found, Pace, search
from arborisk.studies.tune.space import Choice, Dimension, Space, space_for
from arborisk.studies.tune.store import STUDY, Store, importances
from arborisk.studies.tune.trials import TOLD_SCORES, Bench, inner_rounds
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

TRIALS = "trials.csv"
OUTER_SEARCHES = "outer_searches"
LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Tuned:
    """A search that ended, or paused.

    Attributes:
        folder: Where it is.
        config: The best settings, for ``arborisk train --config``.
        report: The HTML report.
        found: What the search on all photos found.
        outer: The honest estimate, or None where none was asked for or the time was up.
        summary: All that the report shows.
    """

    folder: Path
    config: Path
    report: Path
    found: Found
    outer: OuterPart | None
    summary: TuneSummary


def tune(
    dataset_folder: Path,
    settings: RunSettings,
    wanted: TuneSettings,
    out: Path,
    *,
    fixed: Collection[str] = (),
    resume: bool = False,
    pace: Pace | None = None,
    say: Say = lambda text: None,
    progress_for: ProgressFor = lambda _: lambda done, total: None,
) -> Tuned:
    """Searches settings inside the photos given, keeps the best, and reports.

    Args:
        dataset_folder: Data set made by ``arborisk import``.
        settings: What the search begins with; what is searched is changed, all else stays.
        wanted: How to search.
        out: Folder to write: study.db, trials.csv, best.toml, report.html, and outer/ with outer
            folds.
        fixed: Keys of settings that are not searched, although the space has them.
        resume: Go on with a search that was interrupted; finished trials are kept.
        pace: How many processes, until when, and who is told; None for one process to the end.
        say: Told what is about to be done, in sentences.
        progress_for: Gives the progress of a named piece of long work.

    Raises:
        DatasetError: The data set or scheme cannot be used.
        SplitError: The groups allow no inner or outer parts.
        SettingsError: The folder is taken, nothing is left to search, or no trial finished.
    """
    if settings.split.protocol == "leaky":
        raise SettingsError(
            "protocol grouped, deck or given",
            "leaky",
            "settings, split.protocol",
            Remedy("Leave it to {}.", command("experiment")),
        )
    pace = replace(pace or Pace(), progress_for=progress_for)
    task = make_task(dataset_folder, settings)
    space = space_for(settings, task.scheme, fixed=fixed)
    if not space.dimensions:
        raise SettingsError(
            "something to search",
            "nothing: all is fixed",
            space.title,
            "Leave out some of the options: each fixes what would be searched.",
        )
    open_search_folder(out, wanted, settings, task.dataset.content_hash, resume=resume)
    with _alone(out):
        work = _Work(task, settings, wanted, space, out, pace)
        say(work.plan)
        prepare_task(task, settings, progress_for)  # once, before several processes want it
        everything = np.arange(len(task.class_index))
        started = monotonic()
        found, best = work.search_on("", everything)
        seconds = monotonic() - started
        config = write_best(out / BEST, best)
        outer = None
        if wanted.outer_folds:
            if seconds > 1.0:
                say(
                    f"Outer folds: {wanted.outer_folds} more searches like this one, each on "
                    f"{percent(1 - 1 / wanted.outer_folds)} of the photos: about "
                    f"{seconds * (wanted.outer_folds - 1) / 60:.0f} min."
                )
            outer = work.estimate(dataset_folder, progress_for, say)
        summary = work.summary(found, best, outer)
        _write_trials(out / TRIALS, found.rows)
        report = write_tune_report(out / "report.html", summary)
    return Tuned(out, config, report, found, outer, summary)


@dataclass(frozen=True, slots=True)
class _Work:
    """One search on all photos, and the same in each outer fold."""

    task: Task
    settings: RunSettings
    wanted: TuneSettings
    space: Space
    out: Path
    pace: Pace

    @property
    def plan(self) -> str:
        """What is about to be done, and what it costs."""
        wanted = self.wanted
        inner = (
            f"{wanted.inner_folds} inner folds"
            if wanted.inner_folds
            else f"an inner hold-out of {percent(wanted.inner_share, 'stated')}"
        )
        names = ", ".join(one.name for one in self.space.dimensions)
        text = (
            f"{counted(wanted.trials, 'trial')} of {self.space.title}, judged on {inner} of "
            f"{counted(len(self.task.class_index), 'photo')}. Searched: {names}."
        )
        if self.wanted.outer_folds:
            folds = self.wanted.outer_folds
            text += (
                f" Then {counted(folds, 'outer fold')}: {folds} x "
                f"{counted(wanted.trials, 'trial')} more. In all about {folds} times the time of "
                "the search alone."
            )
        return text

    def search_on(self, name: str, rows: NDArray[np.int64]) -> tuple[Found, RunSettings]:
        """Searches on some rows; "" names the search on all of them."""
        bench = Bench(
            self.task,
            self.settings,
            self.space,
            inner_rounds(self.task, rows, self.wanted, seed=self.settings.seed),
            self.wanted.epochs_max,
        )
        found = search(bench, self.store(name), self.wanted.trials, self.pace, name=name)
        chosen = bench.settings(found.values, found.best.epochs)
        record = tuned_record(
            self.task,
            rows.tolist(),
            self.settings,
            n_trials=found.n_tried,
            inner_score=float(found.best.loss or 0.0),
        )
        return found, chosen.model_copy(update={"tuned": record})

    def store(self, name: str) -> Store:
        """Where a search is kept."""
        folder = self.out / OUTER_SEARCHES / name if name else self.out
        wanted = self.wanted
        return Store(folder / STUDY, wanted.sampler, self.settings.seed, wanted.epochs_max)

    def estimate(
        self, dataset_folder: Path, progress_for: ProgressFor, say: Say
    ) -> OuterPart | None:
        """The honest estimate, if there is time."""
        settings = outer_settings(self.settings, self.wanted.outer_folds)
        task = make_task(dataset_folder, settings)
        outside = replace(self, task=task, settings=settings)

        try:
            return estimate(task, settings, self.out, outside.search_on, say, progress_for)
        except OutOfTimeError:
            say("The time is up before the outer folds are done: go on with --resume.")
            return None

    def summary(self, found: Found, best: RunSettings, outer: OuterPart | None) -> TuneSummary:
        """All that the report shows."""
        task, wanted = self.task, self.wanted
        with self.store("").open() as study:
            importance = importances(study, self.space)
        return TuneSummary(
            title=self.space.title,
            dataset=task.dataset.folder.name,
            dataset_hash=task.dataset.content_hash,
            drawn=task.is_drawn,
            scheme=task.scheme,
            n_photos=len(task.class_index),
            n_groups=len(set(task.groups)),
            n_trials_asked=wanted.trials,
            n_tried=found.n_tried,
            epochs_max=wanted.epochs_max if self.space.has_epochs else None,
            least_epochs=self.store("").least_epochs,
            inner=(
                f"{wanted.inner_folds} inner folds"
                if wanted.inner_folds
                else f"an inner hold-out of {percent(wanted.inner_share, 'stated')} of the photos"
            ),
            sampler=wanted.sampler,
            seed=self.settings.seed,
            objective=OBJECTIVE,
            dimensions=tuple(_words(one) for one in self.space.dimensions),
            rows=found.rows,
            best=found.best,
            importance=importance,
            outer=outer,
            n_outer_asked=wanted.outer_folds,
            config=best.model_dump(mode="json", exclude_none=True),
        )


def _words(dimension: Dimension) -> DimensionWords:
    """A dimension as the report shows it."""
    if isinstance(dimension, Choice):
        options = tuple(map(str, dimension.options))
        return DimensionWords(dimension.name, dimension.words, dimension.why, options)
    ends = (dimension.low, dimension.high)
    return DimensionWords(
        dimension.name, dimension.words, dimension.why, ends=ends, log=dimension.log
    )


def _write_trials(path: Path, rows: tuple[TrialRow, ...]) -> None:
    """Writes every trial as a line of a table."""
    names = sorted({name for row in rows for name in row.values})
    columns = ["trial", "state", "loss", "epochs_run", "epochs_chosen", *TOLD_SCORES, "seconds"]
    write_table(
        path,
        [*columns, *names, "note"],
        [
            [
                row.number,
                row.state,
                row.loss,
                row.epochs_run,
                row.epochs,
                *(row.scores.get(name) for name in TOLD_SCORES),
                f"{row.seconds:.2f}",
                *(row.values.get(name) for name in names),
                row.note,
            ]
            for row in rows
        ],
    )


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keeps a second search out of the folder; Windows has no such lock."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (out / LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(
                "a folder that no other search is working in",
                "that another one is",
                str(out),
                Remedy(
                    "Wait until it has finished, or choose another {}.", option("--out", "tune")
                ),
            ) from error
        yield
