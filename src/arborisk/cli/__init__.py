"""Command line: thin, one file a command, heavy imports only inside the command that needs them."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from arborisk.errors import ArboriskError, MissingDependencyError

EXIT_ERROR = 1
EXIT_SOME_PHOTOS_FAILED = 3


def main() -> None:
    """Runs ``arborisk``.

    Exit status: 0 done; 1 an `ArboriskError`, told in one line; 2 usage; 3 done, but some photos
    failed; 130 interrupted (by Typer).
    """
    from arborisk.cli.app import app

    try:
        app(standalone_mode=True)
    except ArboriskError as error:
        _leave(error)
    except ModuleNotFoundError as error:
        if (error.name or "arborisk").partition(".")[0] == "arborisk":
            raise
        _leave(MissingDependencyError(str(error.name), "train", "this command"))


def _leave(error: ArboriskError) -> NoReturn:
    """Tells the error in one line and ends the process."""
    typer.secho(f"arborisk: {error}", fg="red", err=True)
    sys.exit(EXIT_ERROR)
