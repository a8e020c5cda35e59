"""One run of one cell, here or in another process."""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from arborisk.errors import ArboriskError
from arborisk.studies.experiment.leaky import arrays_of, task_of
from arborisk.studies.measuring import measure
from arborisk.studies.run_folder import CONFIG
from arborisk.studies.settings import RunSettings
from arborisk.training.records import EpochRow

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
class Outcome:
    """What became of a job.

    Attributes:
        job: The job.
        problem: Why it failed, or "".
        seconds: How long it took.
    """

    job: Job
    problem: str
    seconds: float


def do_job(job: Job) -> Outcome:
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
    return Outcome(job, problem, monotonic() - started)


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
