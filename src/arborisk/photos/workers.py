"""Run one function over many photos in several processes, in order and with bounded memory."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Final, Protocol, TypeVar

from arborisk.errors import ArboriskError

BUDGET_PIXELS: Final = 64_000_000
"""Decoded pixels that may be in flight at once; a picture of more is alone. A pixel takes 4 to 10
bytes on its way, a WebP's 17 (``python benchmarks/decoders.py --only memory``)."""
UNIT_PIXELS: Final = 1_000_000
"""Pixels are counted by the million; a picture of less, such as a phone's photo decoded at a
quarter, is not: even one a core is little."""

TRIMMED_PIXELS: Final = 8_000_000
"""Decoded pixels from which the memory that a picture leaves behind is given back at once."""


class Units(Protocol):
    """A semaphore, of threads or of processes."""

    def acquire(self) -> object:
        """Takes a unit, once there is one."""

    def release(self) -> object:
        """Gives a unit back."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Room for decoded pixels.

    Attributes:
        line: Whoever takes units stands in line, so that two that wait for many never share out
            between them what one of them needs, and small pictures never overtake for ever.
        units: Millions of pixels that are free.
    """

    line: AbstractContextManager[Any, Any]
    units: Units


_N_UNITS: Final = BUDGET_PIXELS // UNIT_PIXELS
_budget = Budget(threading.Lock(), threading.Semaphore(_N_UNITS))
_here = threading.local()


def shared_budget() -> Budget:
    """A budget for the processes of a pool; give it to each with `share_budget`.

    A process that is killed keeps what it took: a pool that loses one must end.
    """
    context = multiprocessing.get_context("spawn")
    return Budget(context.Lock(), context.Semaphore(_N_UNITS))


def share_budget(budget: Budget) -> None:
    """Makes this process take its room from a budget that others share."""
    global _budget
    _budget = budget


@contextmanager
def room_for(n_pixels: int) -> Iterator[None]:
    """Waits until so many decoded pixels fit into the budget, and keeps them in it.

    What a thread asks for while it has room already is not counted: two threads that each hold a
    picture and wait for a second one would wait for ever.
    """
    wanted = min(n_pixels // UNIT_PIXELS, _N_UNITS)
    if not wanted or getattr(_here, "has_room", False):
        yield
        return
    budget, taken = _budget, 0
    try:
        _here.has_room = True
        with budget.line:
            while taken < wanted:
                budget.units.acquire()
                taken += 1
        yield
    finally:
        _here.has_room = False
        if taken * UNIT_PIXELS >= TRIMMED_PIXELS:
            _give_back_memory()
        for _ in range(taken):
            budget.units.release()


def _give_back_memory() -> None:
    """Gives freed memory back to the system, where the C library can be asked to.

    That of Linux keeps it for the thread that freed it: as many threads, as many large pictures.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH_A_POOL: Final = 24  # photos; starting processes costs about as much as decoding these
_ITEMS_A_TASK: Final = 4
_TASKS_WAITING: Final = 4  # a process; enough that none waits, few enough that memory stays flat


def n_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_photos(
    function: Callable[[Item], Result], items: Sequence[Item], *, n_processes: int | None = None
) -> Generator[Result, None, None]:
    """Results of `function` in the order of `items`.

    Close the generator (`contextlib.closing`) where the results may not all be taken: waiting work
    is then dropped and the processes end.

    Processes are started afresh, not forked, so that threads of other libraries cannot lock them.
    A script that calls this needs the usual ``if __name__ == "__main__":`` guard.

    Args:
        function: A top-level function that raises nothing for a bad photo; items and results
            travel between processes.
        items: What to call it with.
        n_processes: Number of processes; by default one a core. 1, or few items, stays here.

    Raises:
        ArboriskError: A worker process died; the remedy is in the message.
    """
    n_wanted = min(n_processes or n_cores(), -(-len(items) // _ITEMS_A_TASK))
    if n_wanted <= 1 or (n_processes is None and len(items) < _WORTH_A_POOL):
        yield from map(function, items)
        return
    _end_if_importing_main()
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        n_wanted, mp_context=context, initializer=start_worker, initargs=(shared_budget(),)
    )
    try:
        yield from _in_order(pool, function, items, n_waiting=n_wanted * _TASKS_WAITING)
    except BrokenProcessPool as error:
        raise ArboriskError(
            expected="worker processes that finish their photos",
            found="that one died (out of memory, or the calling script has no main guard)",
            where=f"a pool of {n_wanted} processes",
            remedy="Ask for fewer processes, or put the call under if __name__ == '__main__':.",
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_if_importing_main() -> None:
    """Ends a worker that, without a main guard, runs the calling script a second time.

    Left alone, each worker would print a traceback of its own; the parent says what is wrong.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # as multiprocessing asks
        os._exit(1)


def _in_order(
    pool: ProcessPoolExecutor,
    function: Callable[[Item], Result],
    items: Sequence[Item],
    n_waiting: int,
) -> Iterator[Result]:
    starts = iter(range(0, len(items), _ITEMS_A_TASK))
    waiting: deque[Future[list[Result]]] = deque()

    def submit(n_tasks: int) -> None:
        for start in islice(starts, n_tasks):
            task = list(items[start : start + _ITEMS_A_TASK])
            waiting.append(pool.submit(_run, function, task))

    submit(n_waiting)
    while waiting:
        results = waiting.popleft().result()
        submit(1)
        yield from results


def _run(function: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [function(item) for item in items]


def start_worker(budget: Budget | None = None) -> None:
    """Leaves Ctrl-C to the parent, and ends the process when the parent is killed.

    A worker whose parent is no more would wait for work for ever.

    Args:
        budget: Decoded pixels that the workers of a pool share; None for a pool that decodes none.
    """
    if budget is not None:
        share_budget(budget)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
