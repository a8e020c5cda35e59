"""A search: trials one after another, or in several processes, on one study."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from time import monotonic
from typing import TYPE_CHECKING

from arborisk.errors import ArboriskError, Remedy, SettingsError, option
from arborisk.records import Progress
from arborisk.report.tune_records import TrialRow
from arborisk.studies.learners import ProgressFor
from arborisk.studies.tune.space import Value
from arborisk.studies.tune.store import NOTE, Store, Study, draw, trial_rows
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


LOOK_EVERY_S = 2.0
"""How often a process that died without a word is looked for."""


def run_in_processes(
    bench: Bench, store: Store, tickets: Iterable[int], pace: Pace, step: Progress
) -> None:
    """Hands out tickets, one to each process that is free, and takes what comes back.

    Processes are started afresh and compute on one thread each. Stopped by hand, they are ended
    with this process; their trials are tried again when the search goes on.

    Raises:
        ArboriskError: What a trial raised, or that a process died.
    """
    waiting = list(tickets)
    n_trials, done = len(waiting), 0
    context = multiprocessing.get_context("spawn")
    asks: Queue[int | None] = context.Queue()
    answers: Queue[TrialRow | ArboriskError] = context.Queue()
    processes = [
        context.Process(target=_work, args=(bench, store, asks, answers), daemon=False)
        for _ in range(min(pace.jobs, len(waiting)))
    ]
    for process in processes:
        process.start()
        asks.put(waiting.pop(0))
    n_running = len(processes)
    try:
        while n_running:
            answer = _next_answer(answers, processes)
            if not isinstance(answer, TrialRow):
                raise answer
            done += 1
            pace.on_trial(answer)
            step(done, n_trials)
            if waiting and not pace.is_over:
                asks.put(waiting.pop(0))
            else:
                asks.put(None)
                n_running -= 1
        for process in processes:
            process.join()
    finally:
        for process in processes:
            process.terminate()
            process.join()
        for channel in (asks, answers):
            channel.cancel_join_thread()
            channel.close()


def _next_answer(
    answers: Queue[TrialRow | ArboriskError], processes: list[SpawnProcess]
) -> TrialRow | ArboriskError:
    """What a process sent; refuses to wait for one that is no more."""
    while True:
        try:
            return answers.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            if any(process.exitcode not in (None, 0) for process in processes):
                raise ArboriskError(
                    "processes that finish their trials",
                    "that one died (out of memory, or the calling script has no main guard)",
                    f"a search in {len(processes)} processes",
                    Remedy(
                        "Go on with {} and fewer {}.",
                        option("--resume", "tune"),
                        option("--jobs", "tune"),
                    ),
                ) from None


def _work(
    bench: Bench, store: Store, asks: Queue[int | None], answers: Queue[TrialRow | ArboriskError]
) -> None:
    """Tries what it is asked to, until it is asked nothing more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)
    with threadpool_limits(1), store.open() as study:
        while (ticket := _next_ticket(asks)) is not None:
            try:
                answers.put(run_trial(bench, study, ticket, lambda _: lambda done, total: None))
            except ArboriskError as error:
                answers.put(error)
                return


def _next_ticket(asks: Queue[int | None]) -> int | None:
    """What to try next; nothing when the parent was killed and cannot ask any more."""
    parent = multiprocessing.parent_process()
    while parent is None or parent.is_alive():
        try:
            return asks.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found so far.

    Attributes:
        rows: All trials, oldest first.
        best: The finished trial of the lowest loss.
        values: Its values, by name of the dimension.
        n_tried: Trials that count.
        is_complete: Whether all trials asked for were tried.
    """

    rows: tuple[TrialRow, ...]
    best: TrialRow
    values: dict[str, Value]
    n_tried: int
    is_complete: bool


def search(bench: Bench, store: Store, n_trials: int, pace: Pace, *, name: str = "") -> Found:
    """Tries settings until as many are tried as were asked for, or the time is up.

    Finished trials of an earlier call are kept; trials that were killed are tried again.

    Args:
        bench: What a trial runs on.
        store: The study.
        n_trials: Settings to try in all.
        pace: How.
        name: Of the outer fold, for the progress.

    Raises:
        SettingsError: No trial finished; tells why the last one failed.
        ArboriskError: A process died.
    """
    with store.open() as study:
        study.mend()
        first = study.n_used
        kept = f", after {first} kept" if first else ""
        step = pace.progress_for(f"Trials{f' of {name}' if name else ''}{kept}")
        if pace.jobs == 1:
            for ticket in range(first, n_trials):
                if pace.is_over:
                    break
                pace.on_trial(run_trial(bench, study, ticket, pace.progress_for))
                step(ticket + 1 - first, n_trials - first)
    if pace.jobs > 1 and first < n_trials:
        run_in_processes(bench, store, range(first, n_trials), pace, step)
    with store.open() as study:
        return _found(study, n_trials)


def _found(study: Study, n_trials: int) -> Found:
    """What there is, if anything finished."""
    rows = trial_rows(study)
    finished = [row for row in rows if row.state == "finished" and row.loss is not None]
    if not finished:
        reasons = [row.note for row in rows if row.note] or ["every trial was stopped early"]
        raise SettingsError(
            "at least one trial that finished",
            f"none of {len(rows)}: {reasons[-1]}",
            str(study.store.path),
            Remedy(
                "Give more {} with {}, or mend what the reason names.",
                option("--trials", "tune"),
                option("--resume", "tune"),
            ),
        )
    best = min(finished, key=lambda row: (row.loss, row.number))
    n_tried = study.n_used
    return Found(tuple(rows), best, dict(best.values), n_tried, n_tried >= n_trials)
