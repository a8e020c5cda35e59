"""The study on disk: opened, mended after a kill, and read. Needs optuna."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from arborisk.report.tune_records import Importance, TrialRow, TrialState
from arborisk.studies.tune.space import Choice, Dimension, Space, Value
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    import optuna
    from optuna.storages import RDBStorage


STUDY = "study.db"
NAME = "arborisk"
"""Of the study. Hyperband draws a trial's bracket from it, so it is the same everywhere."""
NOTE = "note"
"""Attribute of a trial that failed by itself; one without it was killed."""
LOCK_WAIT_S = 120.0  # several processes write one file in turn
REDUCTION = 3
"""One trial in three goes on at each rung. Source: Li et al. (2018), Journal of Machine Learning
Research 18(185), 1-52, section 2.6: 3 or 4."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where a study is and how it goes on.

    Attributes:
        path: SQLite file.
        sampler: ``tpe`` or ``random``.
        seed: Of the sampler.
        epochs_max: Greatest resource of Hyperband.
    """

    path: Path
    sampler: Literal["tpe", "random"]
    seed: int
    epochs_max: int

    @property
    def least_epochs(self) -> int:
        """Epochs before the first look that may stop a trial: a ninth; earlier it judges noise."""
        return max(1, self.epochs_max // (REDUCTION * REDUCTION))

    @contextmanager
    def open(self) -> Iterator[Study]:
        """The study, made if need be; the file is let go in the end."""
        import optuna
        from optuna.storages import RDBStorage

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        storage = RDBStorage(
            f"sqlite:///{self.path}", engine_kwargs={"connect_args": {"timeout": LOCK_WAIT_S}}
        )
        try:
            optuna.create_study(
                storage=storage, study_name=NAME, direction="minimize", load_if_exists=True
            )
            yield Study(self, storage)
        finally:
            storage.remove_session()
            storage.engine.dispose()


class Study:
    """An open study."""

    def __init__(self, store: Store, storage: RDBStorage) -> None:
        self.store = store
        self.storage = storage

    def at(self, ticket: int) -> optuna.Study:
        """The study as the trial of that number among those asked for sees it.

        Each ticket has a sampler of its own seed: so a search that was interrupted goes on as if it
        had not been, and processes side by side do not draw the same.
        """
        import optuna
        from optuna.pruners import HyperbandPruner
        from optuna.samplers import BaseSampler, RandomSampler, TPESampler

        seed = (self.store.seed * 1_000_003 + ticket) % 2**32
        sampler: BaseSampler = RandomSampler(seed=seed)
        if self.store.sampler == "tpe":
            sampler = TPESampler(seed=seed)
        pruner = HyperbandPruner(
            min_resource=self.store.least_epochs,
            max_resource=self.store.epochs_max,
            reduction_factor=REDUCTION,
        )
        return optuna.load_study(
            study_name=NAME, storage=self.storage, sampler=sampler, pruner=pruner
        )

    @property
    def trials(self) -> list[optuna.trial.FrozenTrial]:
        """All trials, oldest first."""
        return self.at(0).get_trials(deepcopy=False)

    @property
    def n_used(self) -> int:
        """Trials that count as tried: finished, stopped early, or failed by themselves."""
        return sum(was_tried(trial) for trial in self.trials)

    def mend(self) -> int:
        """Takes trials that were killed out of the way and queues their values again.

        Returns:
            How many were killed. Only call it while no other process searches here.
        """
        from optuna.trial import TrialState

        study = self.at(0)
        running = [trial for trial in self.trials if trial.state == TrialState.RUNNING]
        for trial in running:
            study.tell(trial.number, state=TrialState.FAIL)
            if trial.params:
                study.enqueue_trial(trial.params, skip_if_exists=True)
        return len(running)


def was_tried(trial: optuna.trial.FrozenTrial) -> bool:
    """Whether a trial counts: not one that was killed, waits or runs."""
    from optuna.trial import TrialState

    failed = trial.state == TrialState.FAIL and NOTE in trial.user_attrs
    return failed or trial.state in (TrialState.COMPLETE, TrialState.PRUNED)


def draw(trial: optuna.Trial, dimension: Dimension) -> Value:
    """A value of one dimension."""
    if isinstance(dimension, Choice):
        drawn = trial.suggest_categorical(dimension.name, list(dimension.options))
        return drawn if isinstance(drawn, int | float) else str(drawn)
    if dimension.is_whole:
        return trial.suggest_int(
            dimension.name,
            int(dimension.low),
            int(dimension.high),
            step=int(dimension.step or 1),
            log=dimension.log,
        )
    return trial.suggest_float(
        dimension.name, dimension.low, dimension.high, step=dimension.step, log=dimension.log
    )


def trial_rows(study: Study, numbers: Collection[int] | None = None) -> list[TrialRow]:
    """Rows of the trials that count, oldest first.

    Args:
        study: Open.
        numbers: Which trials; None means all.
    """
    from optuna.trial import TrialState as State

    states: dict[State, TrialState] = {
        State.COMPLETE: "finished",
        State.PRUNED: "stopped",
        State.FAIL: "failed",
    }
    rows = []
    for trial in study.trials:
        if not was_tried(trial) or (numbers is not None and trial.number not in numbers):
            continue
        attributes = trial.user_attrs
        curve = tuple(sorted(trial.intermediate_values.items()))
        lowest = min((loss for _, loss in curve), default=None)
        rows.append(
            TrialRow(
                number=trial.number,
                state=states[trial.state],
                values=dict(trial.params),
                loss=trial.value if trial.state == State.COMPLETE else lowest,
                epochs=attributes.get("epochs"),
                curve=curve,
                scores=dict(attributes.get("scores", {})),
                seconds=float(attributes.get("seconds", 0.0)),
                note=str(attributes.get(NOTE, "")),
            )
        )
    return rows


LEAST_TRIALS = 8
"""Trials from which on shares are told: a forest on fewer finds what it likes."""


def importances(study: Study, space: Space) -> Importance | None:
    """Shares by fANOVA, of the finished trials or, where those are few, after the first look.

    Trials that were stopped early have no final loss; but all have one after the epochs of
    Hyperband's first look, and are compared there.

    Args:
        study: Open.
        space: What was searched.

    Returns:
        None where too few trials can be compared, or all came to the same loss.

    Source: Hutter, Hoos and Leyton-Brown (2014), ICML (fANOVA).
    """
    from optuna.trial import TrialState

    finished = [trial for trial in study.trials if trial.state == TrialState.COMPLETE]
    look = study.store.least_epochs
    losses = [(trial, float(trial.value or 0.0)) for trial in finished]
    of = f"the final loss of the {len(finished)} finished trials"
    if len(finished) < LEAST_TRIALS and space.has_epochs:
        losses = [
            (trial, trial.intermediate_values[look])
            for trial in study.trials
            if look in trial.intermediate_values
        ]
        of = (
            f"the loss of {counted(len(losses), 'trial')} after {counted(look, 'epoch')}, which "
            "those stopped early reached"
        )
    if len(losses) < LEAST_TRIALS or len({loss for _, loss in losses}) < 2:
        return None
    import optuna
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    compared = optuna.create_study(direction="minimize")
    for trial, loss in losses:
        compared.add_trial(
            optuna.trial.create_trial(
                params=trial.params, distributions=trial.distributions, value=loss
            )
        )
    shares = get_param_importances(
        compared, evaluator=FanovaImportanceEvaluator(seed=study.store.seed)
    )
    return Importance(shares, of)
