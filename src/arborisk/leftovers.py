"""Temporary files and folders whose names say who made them, so that the next run clears them.

An error or a signal that can be caught clears its own. A process that is killed, or loses its
power, cannot: what it leaves is known by the name of the machine and the number of a process that
is no more.
"""

from __future__ import annotations

import itertools
import os
import platform
import re
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_MACHINE: Final = f"{zlib.crc32(platform.node().encode()):08x}"
_PROCESS: Final = secrets.token_hex(4)
"""Tells this process from one of the same number before a restart, as in containers."""
_NAME: Final = re.compile(
    r"\.arborisk-(?P<machine>[0-9a-f]{8})-(?P<pid>\d+)-(?P<process>[0-9a-f]{8})-\d+\.part.*"
)
_COUNT = itertools.count()
_cleared: set[Path] = set()


def temporary_name(suffix: str = "") -> str:
    """A name that nothing else has, short enough for every file system.

    Args:
        suffix: Its end, where a library goes by it.
    """
    return f".arborisk-{_MACHINE}-{os.getpid()}-{_PROCESS}-{next(_COUNT)}.part{suffix[:16]}"


def clear_leftovers(folder: Path) -> None:
    """Deletes what processes of this machine that are no more left in a folder."""
    with suppress(OSError):  # no such folder, or none of ours to clear
        for entry in list(os.scandir(folder)):
            name = _NAME.fullmatch(entry.name)
            if name is None or name["machine"] != _MACHINE or _lives(name):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink(missing_ok=True)


def clear_leftovers_once(folder: Path) -> None:
    """`clear_leftovers`, the first time that this process writes into a folder."""
    if folder not in _cleared:
        _cleared.add(folder)
        clear_leftovers(folder)


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """A folder on the same disk as a target, from which files can be renamed into place.

    Args:
        target: What the work makes in the end; folders above it are made.

    Yields:
        The folder. It is deleted in the end, unless it was renamed.
    """
    above = target.absolute().parent
    above.mkdir(parents=True, exist_ok=True)
    clear_leftovers(above)
    folder = above / temporary_name()
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lives(name: re.Match[str]) -> bool:
    """Whether the process that made a name may still be at work."""
    pid = int(name["pid"])
    if pid == os.getpid():
        return name["process"] == _PROCESS
    if os.name == "nt":
        return True  # no way to ask there without ending the process; better left than taken
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
