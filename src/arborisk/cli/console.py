"""Progress and notes on standard error, so that standard output stays clean for results."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from arborisk.records import Progress

PLAIN_LINE_EVERY_S = 5.0


def note(text: str) -> None:
    """One line to standard error."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress(description: str) -> Iterator[Progress]:
    """A bar on a terminal, a plain line every few seconds elsewhere.

    Args:
        description: What is being done, for example ``Reading photos``.

    Yields:
        A function to be called as ``step(done, total)``.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_lines(description)
        return
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _plain_lines(description: str) -> Progress:
    """Progress for logs: at most a line every few seconds, and the last one."""
    started = last = time.monotonic()

    def step(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= PLAIN_LINE_EVERY_S:
            last = now
            left = (now - started) / max(done, 1) * (total - done)
            note(f"{description}: {done} of {total}, {left:.0f} s left")

    return step


def progress_for(description: str) -> Progress:
    """Progress of one piece of several, as plain lines: a bar cannot share the terminal."""
    return _plain_lines(description)
