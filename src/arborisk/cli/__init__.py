"""Command line: thin, one file a command, heavy imports only inside the command that needs them."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

import typer

from arborisk.errors import as_sentence

EXIT_ERROR = 1
EXIT_SOME_PHOTOS_FAILED = 3
TRACEBACK_VARIABLE = "ARBORISK_TRACEBACK"
"""Set to 1, it shows where in the code an error came up."""


def main() -> None:
    """Runs ``arborisk``.

    Exit status: 0 done; 1 an error, told in one line; 2 usage; 3 done, but some photos failed;
    130 interrupted (by Typer); 143 told to end.
    """
    from arborisk.cli.app import app
    from arborisk.cli.console import end_in_order, flush_output

    for stream in (sys.stdout, sys.stderr):
        # A letter that the terminal lacks is written out, and never ends the work.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    end_in_order()
    try:
        try:
            app(standalone_mode=True)
        finally:
            flush_output()
    except Exception as error:
        _leave(error)


def _leave(error: Exception) -> NoReturn:
    """Tells the error in one line and ends the process."""
    known = as_sentence(error)
    if os.environ.get(TRACEBACK_VARIABLE) == "1" and known is not error:
        import traceback

        traceback.print_exception(error)
    if known is None:
        from arborisk.cli.console import fault

        known = fault(error)
    with contextlib.suppress(OSError):  # nobody listens; the exit status still says it
        typer.secho(f"arborisk: {known}", fg="red", err=True)
    sys.exit(EXIT_ERROR)
