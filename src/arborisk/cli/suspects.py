"""``arborisk suspects``: labels that a person should look at again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say


def suspects(
    run: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Run folder of `arborisk train`.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Page to write.", show_default="RUN/suspects.html"),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            help="Table of all suspects, with an empty column for your decision.",
            show_default="RUN/suspects.csv",
        ),
    ] = None,
    top: Annotated[
        int, typer.Option(min=1, help="Largest number of suspects with a picture.")
    ] = 50,
) -> None:
    """Lists the labels of RUN that its model, not trained on them, contradicts.

    Confident learning on the out-of-fold probabilities. A page with pictures
    and a table, the most suspect first; nothing is ever corrected. A
    model that is not shown to beat one answer for all is refused.
    """
    from arborisk.cli.console import note
    from arborisk.evaluation.evaluate import evaluate_run
    from arborisk.evaluation.label_quality import suspects_of
    from arborisk.evaluation.verdict import verdict_of
    from arborisk.report.label_quality_report import (
        NEVER_CORRECTED,
        cautions,
        headline,
        write_suspects_page,
        write_suspects_table,
    )
    from arborisk.tables.write import check_out

    place = csv or run / "suspects.csv"
    check_out(place)
    evaluation = evaluate_run(run)
    say(verdict_of(evaluation).headline)
    quality = suspects_of(evaluation)
    table = write_suspects_table(quality, place)
    page = write_suspects_page(quality, out or run / "suspects.html", n_shown=top)
    say(headline(quality, min(top, len(quality.suspects))))
    for caution in cautions(quality):
        say(caution)
    say(NEVER_CORRECTED)
    note(f"Page: {page}")
    note(f"Table: {table}")
