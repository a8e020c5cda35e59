"""Large pictures are decoded one at a time, over all threads and processes of a command.

A PNG of 0.7 MB can hold 177 million pixels, 4 bytes each and several copies of them while it is
turned into what is asked for; a thread a core of those would take all memory of a laptop.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

LARGE_PIXELS: Final = 25_000_000
"""Decoded pixels from which a picture waits for others as large: about 100 MB in memory."""

Turn = AbstractContextManager[Any, Any]
_turn: Turn = threading.Lock()


def shared_turn() -> Turn:
    """A lock that the processes of a pool take in turn; give it to each with `take_turns_by`."""
    return multiprocessing.get_context("spawn").Lock()


def take_turns_by(turn: Turn) -> None:
    """Makes this process wait for the others that have the same lock."""
    global _turn
    _turn = turn


@contextmanager
def room_for(n_pixels: int) -> Iterator[None]:
    """Waits until a picture of that many decoded pixels may be held in full."""
    if n_pixels < LARGE_PIXELS:
        yield
        return
    with _turn:
        yield
