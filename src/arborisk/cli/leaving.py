"""How the process ends in order: when told to, and when its output has no reader."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

EXIT_TOLD_TO_END = 128 + signal.SIGTERM


def end_in_order() -> None:
    """Ends on SIGTERM as on an error, so that what is half written is cleared away.

    The system's own way ends the process at once, and leaves temporary files and folders.
    """
    signal.signal(signal.SIGTERM, _end)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once; the clearing must not be cut short
    sys.exit(EXIT_TOLD_TO_END)


def flush_output() -> None:
    """Writes out what waits in standard output, and tells while it can still be told if it cannot.

    Raises:
        OSError: Standard output cannot take it: a full disk, or a reader that has left.
    """
    try:
        sys.stdout.flush()
    except OSError:
        # The same text would be tried again at exit, with a message of Python's own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
