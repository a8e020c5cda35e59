"""``arborisk learn deck-results``."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import as_json_text, say, wrapped

if TYPE_CHECKING:
    from arborisk.deck.results import DeckResults

TABLE_WIDTH = 118
"""Characters of the tables."""


class AccountFormat(enum.StrEnum):
    """How the account is printed."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


def deck_results(
    format: Annotated[
        AccountFormat, typer.Option(help="Tables for people, JSON or Markdown.")
    ] = AccountFormat.TABLE,
    out: Annotated[
        Path | None, typer.Option(help="Write the account here.", show_default="standard output")
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(help="Also draw the accuracies into this SVG file.", show_default="no figure"),
    ] = None,
) -> None:
    """Accounts for the deck's four printed results.

    Says which counts they are, which constant answers and which batch
    averages give them and with what chances, what of it is conclusive
    and what is only consistent. Needs no data: all is counted from the
    printed figures.
    """
    from arborisk.deck.results import deck_results as account
    from arborisk.files import write_text_whole

    found = account()
    text = _as_text(found, format)
    if figure is not None:
        from arborisk.deck.results_page import deck_results_figure

        write_text_whole(figure, deck_results_figure(found) + "\n")
    if out is None:
        say(text)
    else:
        write_text_whole(out, text + "\n")


def _as_text(found: DeckResults, format: AccountFormat) -> str:
    """The account as it is printed."""
    from arborisk.deck.results_page import deck_results_markdown

    if format is AccountFormat.JSON:
        return as_json_text(found.as_json())
    if format is AccountFormat.MARKDOWN:
        return deck_results_markdown(found)
    return _drawn(found)


def _drawn(found: DeckResults) -> str:
    """Tables in characters, then the findings."""
    import io

    from rich.table import Table

    from arborisk.cli.console import ShownConsole
    from arborisk.deck.results_page import deck_findings, deck_tables

    stream = io.StringIO()
    console = ShownConsole(file=stream, width=TABLE_WIDTH)
    for title, columns, rows, n_words in deck_tables(found):
        table = Table(box=None, pad_edge=False)
        for place, column in enumerate(columns):
            table.add_column(column, justify="left" if place < n_words else "right")
        for row in rows:
            table.add_row(*row)
        console.print(title, "", sep="\n")
        console.print(table)
        console.print()
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    for title, sentences in deck_findings(found):
        lines.append(title)
        for sentence in sentences:
            lines += wrapped(f"* {sentence}", "  ", width=TABLE_WIDTH - 20)
        lines.append("")
    return "\n".join(lines).rstrip()
