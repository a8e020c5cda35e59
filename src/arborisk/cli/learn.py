"""``arborisk learn simulate``: a stand of drawn trees."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import as_json_text, emit, note, progress, progress_for, say, wrapped
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.deck.results import DeckResults


REFERENCE_TREES = 458
"""Trees of the seed study. The ceiling of far fewer trees moves with the luck of the draw."""


def simulate(
    out: Annotated[Path, typer.Argument(help="New or empty folder; an interrupted one goes on.")],
    trees: Annotated[int, typer.Option(help="Trees in all, classes as 322 / 80 / 56.")] = 458,
    seed: Annotated[int, typer.Option(help="Same seed, same stand.", min=0)] = 7,
    size: Annotated[
        str, typer.Option(help="Width x height of a photo, pixels; a smaller one: 504x672.")
    ] = "1008x1344",
    photos_per_tree: Annotated[int, typer.Option(help="Photos of each tree.", min=1)] = 1,
    processes: Annotated[
        int, typer.Option(help="Processes that draw; 0 for all cores. Changes no pixel.", min=0)
    ] = 0,
) -> None:
    """Draws trees whose likelihood of failure follows from mechanics, with labels and the truth.

    The trees are drawn, not photographed: good for trying things out and for tests whose answer is
    known. They say nothing of how well a model does on real trees.
    """
    from arborisk.simulate.sampling import CLASS_LABELS, draw_stand
    from arborisk.simulate.writing import simulate_stand

    width_px, height_px = _parse_size(size)
    with progress("Drawing") as step:
        stand = simulate_stand(
            out,
            n_trees=trees,
            seed=seed,
            width_px=width_px,
            height_px=height_px,
            photos_per_tree=photos_per_tree,
            n_processes=processes or None,
            progress=step,
        )
    counts = ", ".join(f"{label} {stand.labels.count(label)}" for label in CLASS_LABELS)
    say(
        f"{counted(len(stand.trees), 'drawn tree')} at {counted(len(stand.sites), 'site')}: "
        f"{counts}"
    )
    ceiling = stand.ceiling
    say(
        f"Ceiling, balanced accuracy of three classes: {ceiling.balanced_accuracy:.3f} "
        f"(likeliest class: {ceiling.balanced_accuracy_plug_in:.3f}), from {ceiling.n_redraws:,} "
        "redraws a tree of what no photo shows"
    )
    if trees < REFERENCE_TREES:
        usual = draw_stand(n_trees=REFERENCE_TREES, seed=seed).ceiling.balanced_accuracy
        rarest = min(map(stand.labels.count, CLASS_LABELS))
        say(
            f"That is of these {counted(trees, 'tree')}, {rarest} in the rarest class, and moves "
            f"by chance; of {REFERENCE_TREES} trees drawn alike: {usual:.3f}"
        )
    note(f"Next: arborisk import {out / 'photos'} --labels {out / 'labels.csv'} --out DATA")


def _parse_size(size: str) -> tuple[int, int]:
    """Width and height in pixels from ``WxH``."""
    match = re.fullmatch(r"(\d+)\s*[xX]\s*(\d+)", size.strip())
    if match is None:
        raise typer.BadParameter(
            f"Expected width x height in pixels, such as 1008x1344; found {size!r}.",
            param_hint="--size",
        )
    return int(match[1]), int(match[2])


def demo(
    out: Annotated[Path, typer.Option(help="Folder to write; an earlier demo is replaced.")] = Path(
        "demo"
    ),
    seed: Annotated[int, typer.Option(help="Same seed, same demo.")] = 7,
) -> None:
    """Do the whole main job on drawn trees and name the report to open.

    Draws trees, imports and audits them, trains Model 1 and the default model, measures both
    beside their baselines, and assesses new photos. Drawn trees are never evidence about real ones.
    """
    from arborisk.studies.demo import run_demo

    made = run_demo(out, seed=seed, progress_for=progress_for, tell=note)
    for run in made.runs:
        say(f"{run.folder.name}: {run.headline}")
    say(f"Open this report: {made.report.resolve()}")


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
    emit(text, out)


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
