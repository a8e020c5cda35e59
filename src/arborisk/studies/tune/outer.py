"""The honest estimate: the whole search repeated inside the training part of each outer fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.evaluation.verdict import verdict_of
from arborisk.metrics.scores import scores
from arborisk.report.run_report import write_run_report
from arborisk.report.tune_records import OuterFold, OuterPart
from arborisk.studies.learners import Fitted, Learner, ProgressFor, Weights
from arborisk.studies.measuring import Measured, measure, prepare_task
from arborisk.studies.network_learner import make_learner
from arborisk.studies.run_folder import CONFIG, write_table
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.studies.tune.search import Found
from arborisk.studies.tune.trials import TOLD_SCORES, balanced_log_loss
from arborisk.training.settings import OnEpoch
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.models.network import Network

OUTER = "outer"
CHOSEN = "chosen.csv"

SearchOn = Callable[[str, NDArray[np.int64]], tuple[Found, RunSettings]]
"""Searches on some rows under a name; gives what it found and the settings that it chose."""


Say = Callable[[str], None]
"""Told what is about to be done, in a sentence."""


class OutOfTimeError(Exception):
    """The time was up before the search of an outer fold was complete."""


@dataclass(frozen=True, slots=True)
class SearchingLearner:
    """Fits a round by searching inside its training part, then fitting what the search chose.

    Attributes:
        task: What is learnt.
        search_on: Searches on the rows it is given; the rows held back are never among them.
        say: Told which fold is searched.
        progress_for: Gives the progress of a named piece of long work.
    """

    task: Task
    search_on: SearchOn
    say: Say
    progress_for: ProgressFor

    def fit(
        self,
        name: str,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        checkpoint: Path | None,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """See `Learner`.

        Raises:
            OutOfTimeError: The search is not complete: a shorter one would be another method.
        """
        self.say(
            f"Outer {name}: searching on {counted(len(train), 'photo')}, {len(test)} held back."
        )
        found, settings = self.search_on(name, train)
        if not found.is_complete:
            raise OutOfTimeError
        arrays = prepare_task(self.task, settings, self.progress_for)
        learner = make_learner(self.task, arrays, settings, self.progress_for)
        return learner.fit(name, train, test, checkpoint, on_epoch)

    @property
    def frozen_embeddings(self) -> None:
        """See `Learner`: nothing of a search is shipped."""
        return None

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """Refuses: each fold has a network of its own shape, and an estimate ships nothing."""
        raise SettingsError(
            "a run that ships", "an estimate of a search", OUTER, "Train with best.toml to ship."
        )


def outer_settings(settings: RunSettings, n_folds: int) -> RunSettings:
    """Settings whose split is the outer one."""
    split = settings.split.model_copy(update={"protocol": "grouped", "folds": n_folds, "file": ""})
    return settings.model_copy(update={"split": split})


def estimate(
    task: Task,
    settings: RunSettings,
    out: Path,
    search_on: SearchOn,
    say: Say,
    progress_for: ProgressFor,
) -> OuterPart:
    """Measures the search itself; writes OUT/outer, a run folder with its report.

    Args:
        task: Under the outer split.
        settings: From `outer_settings`.
        out: Folder of the search.
        search_on: See `SearchOn`.
        say: Told which fold is searched.
        progress_for: Gives the progress of a named piece of long work.

    Raises:
        OutOfTimeError: See `SearchingLearner.fit`; finished folds are kept.
    """
    run = out / OUTER

    def learner_for(
        task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
    ) -> Learner:
        return SearchingLearner(task, search_on, say, progress_for)

    measured = measure(
        task,
        settings,
        run,
        resume=(run / CONFIG).is_file(),
        progress_for=progress_for,
        learner_for=learner_for,
    )
    folds = _folds(measured, search_on)
    names = list(folds[0].values)
    columns = ("round", *names, "epochs", "inner_loss", "outer_loss", *TOLD_SCORES)
    write_table(
        run / CHOSEN,
        columns,
        [
            (
                fold.name,
                *(fold.values[name] for name in names),
                fold.epochs,
                fold.inner_loss,
                fold.outer_loss,
                *(fold.outer_scores[name] for name in TOLD_SCORES),
            )
            for fold in folds
        ],
    )
    report = write_run_report(run)
    verdict = verdict_of(measured.evaluation)
    return OuterPart(
        verdict=verdict, report=report, folds=folds, metrics=measured.evaluation.metrics
    )


def _folds(measured: Measured, search_on: SearchOn) -> tuple[OuterFold, ...]:
    """What each outer fold chose, and how that did on the photos held back."""
    task = measured.task
    folds = []
    for round_, fitted in zip(task.split.rounds(), measured.fitted, strict=True):
        found, _ = search_on(round_.name, round_.train)  # complete: it only reads
        truth = task.class_index[round_.test]
        told = scores(
            truth,
            fitted.probability,
            class_names=task.scheme.names,
            ordered=task.scheme.ordered,
        )
        folds.append(
            OuterFold(
                name=round_.name,
                values=found.values,
                epochs=found.best.epochs,
                inner_loss=float(found.best.loss or 0.0),
                inner_scores=found.best.scores,
                outer_loss=balanced_log_loss(truth, fitted.probability),
                outer_scores={name: told[name] for name in TOLD_SCORES},
            )
        )
    return tuple(folds)
