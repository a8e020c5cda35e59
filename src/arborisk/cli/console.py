"""Results on standard output; progress and notes on standard error, so that results stay clean.

All that a command says goes through here: what came from files is escaped on the way.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
import tempfile
import textwrap
import time
import traceback
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

import arborisk
from arborisk.errors import ArboriskError, escaped
from arborisk.files import write_text_whole
from arborisk.records import Progress

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


_REPORT = "Report it with that file, which names the command, files and versions. Input files of "
_REPORT += "another kind may go through meanwhile."


def fault(error: BaseException) -> ArboriskError:
    """The sentence for an error that nobody but a developer can mend; writes the details.

    Args:
        error: What was raised. No `ArboriskError`, and nothing that `as_sentence` knows.
    """
    first = next(iter(str(error).split("\n")), "")
    return ArboriskError(
        "arborisk to finish this or to say what to mend",
        f"a fault of arborisk itself: {type(error).__name__} {first}".rstrip(),
        _written(error),
        _REPORT,
    )


def _written(error: BaseException) -> str:
    """Where the details are."""
    lines = [
        f"arborisk {arborisk.__version__}, Python {platform.python_version()}, {sys.platform}\n",
        f"command: {sys.argv!r}\n\n",
        *traceback.format_exception(error),
    ]
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="arborisk-fault-", suffix=".txt", delete=False, errors="backslashreplace"
        ) as file:
            file.writelines(lines)
    except OSError:
        sys.stderr.write("".join(lines))  # no place left: rather too much said than lost
        return "details above"
    return f"details in {file.name}"


GAP = "  "


def text_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[str] = (),
    gap: str = GAP,
) -> str:
    """Lines under headings; words to the left, numbers to the right.

    Args:
        columns: Headings.
        rows: Cells, as many as columns in each row.
        numbers: Headings whose cells are numbers.
        gap: Between columns.

    >>> print(text_table(["tree", "dbh_cm"], [["oak", "9"], ["birch", "102"]], numbers=["dbh_cm"]))
    tree   dbh_cm
    oak         9
    birch     102
    """
    rows = [[escaped(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    lines = []
    for row in (columns, *rows):
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        lines.append(gap.join(cells).rstrip())
    return "\n".join(lines)


PLAIN_LINE_EVERY_S = 5.0
WIDTH = 98
"""Characters of a line of sentences."""


class ShownConsole(Console):
    """A console of `rich` that takes text as it stands: no markup, no emoji, nothing that steers.

    Text of several lines keeps its lines; give cells through `arborisk.errors.kinds` where a
    break in a name must not look like a row.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of rich
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - as above
        """Escapes what came from files in headings, cells and lines."""
        return super().render_str(escaped(text, keep="\n\t"), **options)


def say(text: str = "") -> None:
    """A result, of one line or several, to standard output."""
    typer.echo(escaped(text, keep="\n\t"))


def say_data(text: str) -> None:
    """A result for programs, such as CSV: untouched, except on a terminal that it could steer."""
    if sys.stdout.isatty():
        say(text)
    else:
        sys.stdout.write(f"{text}\n")


def emit(text: str, out: Path | None = None, *, as_data: bool = False) -> None:
    """A result to a file, written whole, or to standard output.

    Args:
        text: The result.
        out: File to write, or None for standard output.
        as_data: Whether it is for programs, see `say_data`.
    """
    text = text.rstrip("\n")
    if out is not None:
        write_text_whole(out, text + "\n")
    elif as_data:
        say_data(text)
    else:
        say(text)


def say_json(found: object) -> None:
    """A result as JSON to standard output."""
    say(as_json_text(found))


def as_json_text(found: object) -> str:
    """JSON as every command prints it: two spaces, letters as they are, never NaN."""
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)


def wrapped(text: str, indent: str = "", *, width: int = WIDTH) -> list[str]:
    """Lines of a sentence as wide as they are printed; later ones are indented."""
    return textwrap.wrap(text, width, subsequent_indent=indent)


def bullets(sentences: Iterable[str]) -> list[str]:
    """Lines of sentences, each behind a star."""
    return [line for sentence in sentences for line in wrapped(f"* {sentence}", "  ")]


def note(text: str) -> None:
    """One line to standard error."""
    print(escaped(text, keep="\t"), file=sys.stderr, flush=True)


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
