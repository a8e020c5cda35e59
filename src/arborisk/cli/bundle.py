"""``arborisk bundle``: is this bundle whole, and what does it say of itself?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.common_options import Format, FormatOption
from arborisk.cli.console import say, say_json


def bundle(
    model: Annotated[
        Path,
        typer.Argument(exists=True, file_okay=False, help="Run folder, or a bundle folder."),
    ],
    format: FormatOption = Format.TEXT,
) -> None:
    """Checks a bundle (files, hashes, shapes, labels, a known answer) and prints its model card.

    The hashes show damage and mix-ups; they do not show who made the bundle.
    """
    from arborisk.bundle.load import find_bundle, load_bundle

    folder = find_bundle(model)
    opened = load_bundle(folder)
    if format is Format.JSON:
        say_json(
            {"bundle": opened.bundle_id, "checked": True, **opened.record.model_dump(mode="json")}
        )
        return
    say(f"Bundle {opened.bundle_id} is whole: hashes, shapes, labels and a known answer agree.")
    say()
    say((folder / "card.md").read_text(encoding="utf-8").rstrip())
