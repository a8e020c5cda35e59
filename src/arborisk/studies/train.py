"""From a data set to a measured model and its report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arborisk.errors import Remedy, SettingsError, command
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.verdict import verdict_of
from arborisk.report.run_report import write_run_report
from arborisk.studies.answering import stated_costs
from arborisk.studies.learners import ProgressFor
from arborisk.studies.measuring import LEFT_OUT, measure
from arborisk.studies.settings import RunSettings, completed
from arborisk.studies.ship import ship
from arborisk.studies.task import Task, make_task
from arborisk.training.settings import OnEpoch
from arborisk.wording.counts import counted


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes:
        folder: Where it is.
        evaluation: What was measured.
        report: The HTML report.
        bundle: The bundle that ships.
        notes: What a person should know of the split, and of photos that were not used.
    """

    folder: Path
    evaluation: Evaluation
    report: Path
    bundle: Path
    notes: tuple[str, ...]

    @property
    def headline(self) -> str:
        """What was measured, in a sentence, with its cautions.

        Where the settings were tuned on these photos, it says so first of all.
        """
        return verdict_of(self.evaluation).headline


def train(
    dataset_folder: Path,
    settings: RunSettings,
    run: Path,
    *,
    resume: bool = False,
    progress_for: ProgressFor = lambda _: lambda done, total: None,
    on_epoch: OnEpoch | None = None,
) -> Run:
    """Splits, trains every round, measures, ships and reports.

    Args:
        dataset_folder: Data set made by ``arborisk import``.
        settings: What to do.
        run: Folder to write.
        resume: Go on with a run that was interrupted; it ends with the same numbers.
        progress_for: Gives the progress of a named piece of long work.
        on_epoch: Called after each epoch of a network.

    Raises:
        DatasetError: The data set or scheme cannot be used.
        SplitError: No valid split exists.
        SettingsError: The run folder is taken.
        BundleError: The exported model does not do what the trained one does.
    """
    if not (settings.weights and settings.regime):  # made by hand: the command's usual settings
        settings = completed(settings)
    if settings.split.protocol == "leaky":
        raise SettingsError(
            "protocol grouped, deck or given",
            "leaky: copies of one photo on both sides of the split",
            "settings, split.protocol",
            Remedy("Leave it to {}, which shows what such a split hides.", command("experiment")),
        )
    task = make_task(dataset_folder, settings)
    stated_costs(settings, task.scheme)  # wrong ones are refused before the long work
    done = measure(task, settings, run, resume=resume, progress_for=progress_for, on_epoch=on_epoch)
    bundle = ship(run, task, settings, done.learner, done.fitted, done.arrays, done.evaluation)
    report = write_run_report(run)
    notes = (*task.split.notes, *_left_out_notes(task))
    return Run(run, done.evaluation, report, bundle, notes)


def _left_out_notes(task: Task) -> list[str]:
    """How many photos were not used, having no class under the scheme or no label."""
    notes = []
    if task.labelled.left_out:
        counts = ", ".join(f"{label} {count}" for label, count in task.labelled.left_out.items())
        notes.append(f"Scheme {task.scheme.name} leaves out: {counts}. Their names: {LEFT_OUT}.")
    if task.labelled.n_unrated:
        notes.append(
            f"Not used, for they carry no label: {counted(task.labelled.n_unrated, 'photo')}."
        )
    return notes
