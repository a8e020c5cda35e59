"""Several processes that do runs; a process that dies takes one run with it, not the experiment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from arborisk.errors import ArboriskError
from arborisk.studies.experiment.sharing import arrays_of, task_of
from arborisk.studies.measuring import measure
from arborisk.studies.run_folder import CONFIG
from arborisk.studies.settings import RunSettings
from arborisk.training.settings import EpochRow

MULTIPLY_ADDS = {"resnet50": 4.1, "googlenet": 1.5, "model1": 1.4}
"""Thousand millions for a photo of 224 pixels, roughly; depthwise layers count double, for they are
slow here. For the time left and the order of work, and for nothing else."""


@dataclass(frozen=True, slots=True)
class Job:
    """A run to do.

    Attributes:
        title: For people.
        name: Folder of the run, relative to that of the experiment.
        run: Folder of the run.
        dataset: Folder of the data set.
        settings: Of the run.
        n_copies: Changed copies of each photo under the protocol ``leaky``.
    """

    title: str
    name: str
    run: Path
    dataset: Path
    settings: RunSettings
    n_copies: int

    @property
    def cost(self) -> float:
        """About how long it takes, in any unit."""
        settings = self.settings
        rounds = max(settings.split.folds, 1)
        copies = self.n_copies if settings.split.protocol == "leaky" else 1
        if settings.regime == "frozen":
            return 0.05 * rounds * copies
        area = (settings.preprocess.size_px / 224) ** 2
        each = MULTIPLY_ADDS.get(settings.model, 1.0) * area
        return each * settings.training.epochs * rounds * copies


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What became of a job.

    Attributes:
        job: The job.
        problem: Why it failed, or "".
        seconds: How long it took.
    """

    job: Job
    problem: str
    seconds: float


def do_job(job: Job) -> CellOutcome:
    """Measures one run; goes on from where an earlier call was. What goes wrong is told."""
    started = monotonic()
    problem = ""
    try:
        measure(
            task_of(job.dataset, job.settings, job.n_copies),
            job.settings,
            job.run,
            resume=(job.run / CONFIG).is_file(),
            prepare=arrays_of,
            on_epoch=_end_with_parent,
        )
    except ArboriskError as error:
        problem = str(error)
    except Exception as error:  # one cell must not take the others with it
        problem = f"{type(error).__name__}: {error}. {_last_line(error)}"
    return CellOutcome(job, problem, monotonic() - started)


def serve(connection: Connection) -> None:
    """Does the jobs that come, one after another, until None comes or nobody is left to send them.

    For a process of its own.
    """
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this
    torch.set_num_threads(1)  # several processes share the cores
    with suppress(EOFError, ConnectionError):
        while (job := connection.recv()) is not None:
            connection.send(do_job(job))


def _end_with_parent(row: EpochRow, seconds_left: float) -> None:
    """Ends a process whose parent was killed, so that it does not write where a new one works."""
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit


def _last_line(error: Exception) -> str:
    """Where in the code an unforeseen error came from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"In {Path(frame.filename).name}, line {frame.lineno}; please report it."


ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def do_jobs(jobs: Sequence[Job], n_processes: int) -> Generator[CellOutcome, None, None]:
    """Outcomes as they come.

    Close the generator (`contextlib.closing`) where not all may be taken: the processes are then
    ended at once. A run that was under way goes on from its last epoch another time.

    Args:
        jobs: In the order in which to begin them.
        n_processes: 1 does them here, with all cores for each.
    """
    n_processes = min(n_processes, len(jobs))
    if n_processes <= 1:
        yield from map(do_job, jobs)
        return
    waiting = list(reversed(jobs))
    workers = []
    try:
        with _one_thread_each():
            workers = [_Worker(waiting.pop()) for _ in range(n_processes)]
            while workers:
                ready = wait([worker.connection for worker in workers])
                for worker in [each for each in workers if each.connection in ready]:
                    yield worker.outcome()
                    if waiting and worker.is_alive:
                        worker.begin(waiting.pop())
                        continue
                    workers.remove(worker)
                    worker.end()
                    if waiting:  # it died: another one takes its place
                        workers.append(_Worker(waiting.pop()))
    finally:
        for worker in workers:
            worker.end(at_once=True)


class _Worker:
    """A process and the job it does."""

    def __init__(self, job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=serve, args=(other,), daemon=True)
        self.process.start()
        other.close()  # so that its end is heard here when the process dies
        self.is_alive = True
        self.begin(job)

    def begin(self, job: Job) -> None:
        """Hands it a job."""
        self.job = job
        self.started = monotonic()
        try:
            self.connection.send(job)
        except BrokenPipeError:
            self.is_alive = False

    def outcome(self) -> CellOutcome:
        """What became of its job; that it died is an outcome too."""
        try:
            found: CellOutcome = self.connection.recv()
            return found
        except (EOFError, ConnectionError):
            self.is_alive = False
            problem = (
                "Expected a process that finishes its run; found that it died (out of memory?). "
                "Give fewer --jobs and --resume."
            )
            return CellOutcome(self.job, problem, monotonic() - self.started)

    def end(self, *, at_once: bool = False) -> None:
        """Ends the process, after its job unless `at_once`."""
        if at_once:
            self.process.terminate()
        elif self.is_alive:
            self.connection.send(None)
        self.process.join()
        self.connection.close()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started inside compute with one thread each, also in BLAS."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
