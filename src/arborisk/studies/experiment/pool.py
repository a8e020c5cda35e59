"""Several processes that do runs; a process that dies takes one run with it, not the experiment."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic

from arborisk.studies.experiment.work import Job, Outcome, do_job, serve

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def do_jobs(jobs: Sequence[Job], n_processes: int) -> Generator[Outcome, None, None]:
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

    def outcome(self) -> Outcome:
        """What became of its job; that it died is an outcome too."""
        try:
            found: Outcome = self.connection.recv()
            return found
        except (EOFError, ConnectionError):
            self.is_alive = False
            problem = (
                "Expected a process that finishes its run; found that it died (out of memory?). "
                "Give fewer --jobs and --resume."
            )
            return Outcome(self.job, problem, monotonic() - self.started)

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
