"""One trial: settings fitted on the inner parts and judged by what they held back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, SplitError, option
from arborisk.metrics.scores import scores
from arborisk.split.make import inner_folds, make_holdout
from arborisk.split.plan import Round
from arborisk.studies.learners import ProgressFor
from arborisk.studies.measuring import prepare_task
from arborisk.studies.network_learner import NetworkLearner, make_learner
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.studies.tune.config import TuneSettings
from arborisk.studies.tune.space import Space, Value, with_values
from arborisk.training.settings import EpochRow
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.models.network import Network

Report = Callable[[int, float], None]
"""Called as ``report(epoch, loss)`` after each epoch of the first inner part; raises to stop."""

NOBODY = np.array([], dtype=np.int64)
LEAST_PROBABILITY = 1e-15
"""Of the true class in a log-loss, so that one photo cannot make it infinite."""
TOLD_SCORES = ("macro_f1", "balanced_accuracy", "accuracy", "log_loss")


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What a trial came to.

    Attributes:
        loss: The objective, see `arborisk.studies.tune.config.OBJECTIVE`; mean over inner parts.
        epochs: Epochs after which it was lowest; None where these are not chosen.
        scores: Means over the inner parts of `TOLD_SCORES`, for people to see.
    """

    loss: float
    epochs: int | None
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """All that a trial needs; travels between processes.

    Attributes:
        task: The photos.
        base: Settings that the search began with.
        space: What is searched.
        rounds: Inner parts, as rows of the task.
        epochs_max: Epochs of a trial that is not stopped.
    """

    task: Task
    base: RunSettings
    space: Space
    rounds: tuple[Round, ...]
    epochs_max: int

    def settings(self, values: Mapping[str, Value], epochs: int | None = None) -> RunSettings:
        """Settings of drawn values.

        Args:
            values: By name of the dimension.
            epochs: Passes over the training part; None means as many as a trial has at most.
        """
        drawn = with_values(self.base, self.space.dimensions, values)
        if not self.space.has_epochs:
            return drawn
        length = {"epochs": epochs or self.epochs_max}
        return drawn.model_copy(update={"training": drawn.training.model_copy(update=length)})

    def run(
        self, values: Mapping[str, Value], report: Report, progress_for: ProgressFor
    ) -> TrialOutcome:
        """Fits the settings on each inner part.

        Of a network whose step size is constant and which does not stop by itself, the number of
        epochs is read off the mean curve of the inner parts, since training for fewer epochs is
        then the beginning of training for more. Otherwise the last state counts.

        Raises:
            SettingsError: The settings cannot work, for example since the loss left all bounds.
        """
        settings = self.settings(values)
        arrays = prepare_task(self.task, settings, progress_for)
        if self.space.has_epochs:
            looks = []
            for number, round_ in enumerate(self.rounds):
                watch = _Watch(self, settings, arrays, round_, progress_for)
                looks.append(watch.fit(report if number == 0 else None))
        else:
            learner = make_learner(self.task, arrays, settings, progress_for)
            looks = [
                [learner.fit(one.name, one.train, one.test, None, None).probability]
                for one in self.rounds
            ]
        curves = [
            [balanced_log_loss(self.task.class_index[one.test], look) for look in own]
            for one, own in zip(self.rounds, looks, strict=True)
        ]
        losses = np.mean(curves, axis=0)
        best = int(np.argmin(losses))
        chosen = self.space.has_epochs and reads_epochs(settings)
        told = self._scores([own[best] for own in looks])
        return TrialOutcome(float(losses[best]), best + 1 if chosen else None, told)

    def _scores(self, looks: Sequence[NDArray[np.float64]]) -> dict[str, float]:
        """Scores for people, means over the inner parts."""
        scheme = self.task.scheme
        each = [
            scores(
                self.task.class_index[one.test],
                look,
                class_names=scheme.names,
                ordered=scheme.ordered,
            )
            for one, look in zip(self.rounds, looks, strict=True)
        ]
        return {name: float(np.mean([one[name] for one in each])) for name in TOLD_SCORES}


def reads_epochs(settings: RunSettings) -> bool:
    """Whether fewer epochs are the beginning of more, so that their number can be read off."""
    return settings.training.schedule == "constant" and settings.training.patience == 0


def balanced_log_loss(class_index: NDArray[np.int64], probability: NDArray[np.float64]) -> float:
    """Mean over the classes that occur of the mean log-loss of their photos, in nats.

    Args:
        class_index: True class per photo, shape (n,).
        probability: Rows sum to 1, shape (n, n_classes).

    >>> import numpy as np
    >>> answers = np.array([[0.5, 0.5], [0.5, 0.5], [0.75, 0.25]])
    >>> round(balanced_log_loss(np.array([0, 0, 1]), answers), 4)  # (ln 2 + ln 4) / 2
    1.0397
    """
    of_truth = probability[np.arange(len(class_index)), class_index]
    losses = -np.log(np.maximum(of_truth, LEAST_PROBABILITY))
    return float(np.mean([losses[class_index == one].mean() for one in np.unique(class_index)]))


def inner_rounds(
    task: Task, rows: NDArray[np.int64], search: TuneSettings, *, seed: int
) -> tuple[Round, ...]:
    """Inner parts of some photos, groups whole, as rows of the task.

    Args:
        task: All photos.
        rows: Those that the search may see.
        search: Says how many folds, or what share is held out.
        seed: Of the parts.

    Raises:
        SplitError: The groups allow no such parts, not even two folds.
    """
    class_index = task.class_index[rows]
    groups = [task.groups[row] for row in rows]
    if not search.inner_folds:
        photos = [task.labelled.rows[row] for row in rows]
        split = make_holdout(photos, class_index, groups, test_share=search.inner_share, seed=seed)
        pairs = [(one.train, one.test) for one in split.rounds()]
    else:
        pairs = inner_folds(class_index, groups, n_folds=search.inner_folds, seed=seed)
    if not pairs:
        raise SplitError(
            "two inner folds or more that each hold every class",
            "none: a class is in too few groups",
            f"{counted(len(rows), 'photo')} in {counted(len(set(groups)), 'group')} to search on",
            Remedy(
                "Choose a {} that joins the rare class to another, or add photos of it.",
                option("--scheme", "tune"),
            ),
        )
    return tuple(
        Round(f"inner-{number}", rows[train], rows[test])
        for number, (train, test) in enumerate(pairs, start=1)
    )


@dataclass(frozen=True, slots=True)
class _Watched(NetworkLearner):
    """A learner that keeps hold of the network it trains."""

    networks: list[Network] = field(default_factory=list)

    def _build(self) -> Network:
        network = NetworkLearner._build(self)
        self.networks.append(network)
        return network


class _Watch:
    """One fit of a network, looked at after each epoch through the part held back."""

    def __init__(
        self,
        bench: Bench,
        settings: RunSettings,
        arrays: NDArray[np.uint8],
        round_: Round,
        progress_for: ProgressFor,
    ) -> None:
        self.learner = _Watched(arrays, bench.task, settings, progress_for)
        self.truth = bench.task.class_index[round_.test]
        self.round = round_
        self.looks: list[NDArray[np.float64]] = []

    def fit(self, report: Report | None) -> list[NDArray[np.float64]]:
        """Probabilities of the part held back, after each epoch whose state may be chosen."""
        lowest = np.inf

        def after_epoch(row: EpochRow, seconds_left: float) -> None:
            nonlocal lowest
            lowest = min(lowest, self._look())
            if report is not None:
                report(row.epoch, lowest)

        self.learner.fit(self.round.name, self.round.train, NOBODY, None, after_epoch)
        if not reads_epochs(self.learner.settings):
            self.looks.clear()  # only the last state counts, or the one it went back to
            self._look()
        return self.looks

    def _look(self) -> float:
        """Looks once; gives the loss."""
        from arborisk.training.augmentation import predict_probability

        settings = self.learner.settings
        look = predict_probability(
            self.learner.networks[-1],
            self.learner.arrays,
            self.round.test,
            settings.preprocess,
            settings.test_views,
        )
        self.looks.append(look)
        return balanced_log_loss(self.truth, look)
