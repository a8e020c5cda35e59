"""Trials in several processes that share one study."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Iterable
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue

from arborisk.errors import ArboriskError, Remedy, option
from arborisk.records import Progress
from arborisk.report.tune_records import TrialRow
from arborisk.studies.tune.running import Pace, run_trial
from arborisk.studies.tune.store import Store
from arborisk.studies.tune.trials import Bench

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
