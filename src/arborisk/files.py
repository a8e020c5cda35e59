"""Files written whole or not at all, and never over what is not theirs to replace."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from arborisk.errors import OutputError, as_sentence
from arborisk.leftovers import clear_leftovers_once, temporary_name


def check_place(path: Path, *, inputs: Iterable[Path] = ()) -> None:
    """Refuses a place that cannot be written, or must not be, before any work is done.

    Args:
        path: File to write later. Missing folders above it are made then.
        inputs: Files that the work reads: none of them is ever the output, by any name.

    Raises:
        OutputError: A device, a symbolic link, a folder, an input, or no leave to write there.
    """
    with _in_a_sentence(path):
        _refuse_special(path)
        for one in inputs:
            if path.exists() and one.exists() and path.samefile(one):
                raise OutputError(
                    "a file of its own for the results",
                    f"{path.name}, which is read as input",
                    str(path),
                    "Choose another name: an input is never replaced.",
                )
        _try_to_write(path.absolute().parent)


def check_folder(path: Path, *, outside: Iterable[Path] = ()) -> None:
    """Refuses a folder that cannot be written into, before any work is done.

    Args:
        path: Folder to write into later, or to make.
        outside: Folders whose photos the work reads: what it writes must not be found among them.

    Raises:
        OutputError: A file or device of that name, a place inside such a folder, or no leave.
    """
    with _in_a_sentence(path):
        for one in outside:
            if one.is_dir() and path.resolve().is_relative_to(one.resolve()):
                raise OutputError(
                    "a folder outside of the photos",
                    f"one inside {one}",
                    str(path),
                    "Choose a folder beside it: the next search would find there what is written.",
                )
        if os.path.lexists(path) and not path.is_dir():
            raise OutputError(
                "a folder, or a name that is free", "a file", str(path), "Choose another name."
            )
        _try_to_write(path.absolute())


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary place beside a file; it gets the file's own name when all went well.

    Whatever stops the writing (an error, an interrupt, a full disk), the file stays as it was
    and nothing is left behind.

    Args:
        path: File to write or replace; its folder is made if need be.

    Yields:
        Where to write; ends as ``path`` does.

    Raises:
        OutputError: The place is no ordinary file's, or writing failed: a full disk, no leave.
    """
    with _in_a_sentence(path):
        _refuse_special(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers_once(path.parent)
        temporary = path.with_name(temporary_name(path.suffix))
        try:
            yield temporary
            os.replace(temporary, path)
        finally:
            for end in ("", "-journal", "-wal", "-shm"):  # the last three beside a database
                temporary.with_name(temporary.name + end).unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Writes text in UTF-8 under a temporary name beside its target, then renames it.

    Args:
        path: File to write or replace; its folder is made if need be.
        text: Its content; line ends stay as they are.

    Raises:
        OutputError: See `written_whole`.
    """
    write_bytes_whole(path, text.encode("utf-8"))


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Writes bytes under a temporary name beside their target, then renames it.

    Args:
        path: File to write or replace; its folder is made if need be.
        content: Its content.

    Raises:
        OutputError: See `written_whole`.
    """
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


def _try_to_write(folder: Path) -> None:
    """Writes an empty file into a folder, or into the nearest above it that is there."""
    above = next(one for one in (folder, *folder.parents) if os.path.lexists(one))
    trial = above / temporary_name()
    trial.touch()
    trial.unlink()


def _refuse_special(path: Path) -> None:
    """Only an ordinary file is ever replaced: ``os.replace`` would take a device's place too."""
    with suppress(FileNotFoundError):
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            return
        found = "a device or pipe, not a file"
        if stat.S_ISLNK(mode):
            found = "a symbolic link"
        elif stat.S_ISDIR(mode):
            found = "a folder"
        raise OutputError(
            "a new file, or an ordinary one to replace", found, str(path), "Choose another name."
        )


@contextmanager
def _in_a_sentence(path: Path) -> Iterator[None]:
    """An error of the file system, or a name that it cannot hold, as a sentence."""
    try:
        yield
    except OSError as error:
        told = as_sentence(error)
        assert told is not None  # every error of the system has a sentence
        raise OutputError(told.expected, told.found, str(path), told.remedy) from error
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise OutputError(
            "a name that the system takes", "one with a NUL", repr(path), "Choose another name."
        ) from error
