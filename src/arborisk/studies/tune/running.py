"""One trial run on the study, and how a search is paced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from arborisk.errors import SettingsError
from arborisk.report.tune_records import TrialRow
from arborisk.studies.learners import ProgressFor
from arborisk.studies.tune.rows import trial_rows
from arborisk.studies.tune.store import NOTE, Study, draw
from arborisk.studies.tune.trials import Bench

if TYPE_CHECKING:
    import optuna

OnTrial = Callable[[TrialRow], None]
"""Called after each trial."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a search is run; none of it changes what a trial gives.

    Attributes:
        jobs: Processes side by side; with one, trials run in this process.
        until: Time (`time.monotonic`) after which no trial starts; None for no end.
        on_trial: Called after each trial.
        progress_for: Gives the progress of a named piece of long work.
    """

    jobs: int = 1
    until: float | None = None
    on_trial: OnTrial = lambda row: None
    progress_for: ProgressFor = lambda _: lambda done, total: None

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.until is not None and monotonic() >= self.until


def run_trial(bench: Bench, study: Study, ticket: int, progress_for: ProgressFor) -> TrialRow:
    """Draws values, tries them and keeps what they gave; gives the trial's row.

    A stop by hand or by a kill leaves the trial running in the study: `Study.mend` sees to it.
    """
    import optuna
    from optuna.trial import TrialState

    view = study.at(ticket)
    trial = view.ask()
    started = monotonic()
    values = {one.name: draw(trial, one) for one in bench.space.dimensions}
    twin = _twin(study, trial)

    def report(epoch: int, loss: float) -> None:
        trial.report(loss, epoch)
        saves = epoch < bench.epochs_max or len(bench.rounds) > 1
        if saves and trial.should_prune():
            raise optuna.TrialPruned

    try:
        if twin is not None:
            for name, value in twin.user_attrs.items():
                trial.set_user_attr(name, value)
            trial.set_user_attr("same_as", twin.number)
            view.tell(trial, twin.value)
        else:
            outcome = bench.run(values, report, progress_for)
            trial.set_user_attr("epochs", outcome.epochs)
            trial.set_user_attr("scores", dict(outcome.scores))
            trial.set_user_attr("seconds", monotonic() - started)
            view.tell(trial, outcome.loss)
    except optuna.TrialPruned:
        trial.set_user_attr("seconds", monotonic() - started)
        view.tell(trial, state=TrialState.PRUNED)
    except SettingsError as error:  # for example a loss that left all bounds: a bad setting
        trial.set_user_attr("seconds", monotonic() - started)
        trial.set_user_attr(NOTE, str(error))
        view.tell(trial, state=TrialState.FAIL)
    return trial_rows(study, numbers={trial.number})[0]


def _twin(study: Study, trial: optuna.Trial) -> optuna.trial.FrozenTrial | None:
    """A finished trial of the same values: it would give the same again."""
    from optuna.trial import TrialState

    for other in study.trials:
        if other.state == TrialState.COMPLETE and other.params == trial.params:
            return other
    return None
