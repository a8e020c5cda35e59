"""Decoded pixels in flight are bounded, over all threads and all processes that share a `Budget`.

A PNG of 0.7 MB can hold 177 million pixels, 4 bytes each and several copies of them while it is
turned into what is asked for; a thread a core of those, or a core's worth of ordinary 24-megapixel
PNGs, would take all memory of a laptop.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

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
