"""Results on standard output; progress and notes on standard error, so that results stay clean.

All that a command says goes through here: what came from files is escaped on the way.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

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

from arborisk.errors import escaped
from arborisk.records import Progress

PLAIN_LINE_EVERY_S = 5.0
WIDTH = 98
"""Characters of a line of sentences."""


class ShownConsole(Console):
    """A console of `rich` that takes text as it stands: no markup, no emoji, nothing that steers.

    Text of several lines keeps its lines; give cells through `arborisk.errors.escaped` where a
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
