"""``arborisk weights``: weights from published files."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_weights() -> None:
    """Under way."""


@app.command("import")
def import_weights() -> None:
    """Under way."""
