"""``arborisk card``: what a data set holds, for people and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say

_SUFFIXES = (".md", ".html")


def card(
    dataset: Annotated[Path, typer.Argument(help="Folder of a data set.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Croissant JSON-LD to write. Its links hold in the folder of the data set.",
            show_default="standard output",
        ),
    ] = None,
    readable: Annotated[
        Path | None,
        typer.Option(help="Also write the card as people read it: a file .md or .html."),
    ] = None,
    creator: Annotated[
        str, typer.Option(help="Who made the data set.", show_default="not stated")
    ] = "",
    licence: Annotated[
        str,
        typer.Option(help="Licence of the photos that state none.", show_default="not stated"),
    ] = "",
    url: Annotated[
        str, typer.Option(help="Where the data set is published.", show_default="not stated")
    ] = "",
    places: Annotated[
        bool,
        typer.Option(
            "--places",
            help="Give a bounding box of the photos' coordinates, widened to 0.01 degrees, and "
            "describe their columns. Without it no place is told.",
        ),
    ] = False,
) -> None:
    """Describe a data set as Croissant JSON-LD, from its tables.

    It names no photo, no rater and, unless asked, no place. Nothing in it
    is written by hand but what the options state.
    """
    import json

    from arborisk.cli.console import note
    from arborisk.dataset.croissant import data_card
    from arborisk.dataset.data_summary import data_summary
    from arborisk.dataset.data_words import markdown
    from arborisk.dataset.loading import load_dataset
    from arborisk.errors import SettingsError
    from arborisk.files import write_text_whole

    if readable is not None and readable.suffix.lower() not in _SUFFIXES:
        raise SettingsError(
            "a file name that ends with .md or .html",
            str(readable),
            "--readable",
            "Give the file a name with one of these endings.",
        )
    data = load_dataset(dataset)
    summary = data_summary(data, places=places, licence=licence)
    content = data_card(data, places=places, creator=creator, licence=licence, url=url)
    text = json.dumps(content, indent=2, ensure_ascii=False)
    if out is None:
        say(text)
    else:
        write_text_whole(out, text + "\n")
        note(f"Card: {out}")
    if readable is not None:
        if readable.suffix.lower() == ".html":
            from arborisk.report.content import data_card_page

            write_text_whole(readable, data_card_page(summary, creator=creator))
        else:
            write_text_whole(readable, markdown(summary, creator=creator))
        note(f"To read: {readable}")
    if summary.n_with_place and not places:
        note("Coordinates are left out of the card; --places gives their bounding box.")
