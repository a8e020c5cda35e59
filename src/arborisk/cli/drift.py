"""``arborisk drift``: are new photos still like those that the model learnt from?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.common_options import TableFormat, TableFormatOption
from arborisk.cli.console import say, say_json


def drift(
    model: Annotated[
        Path, typer.Argument(help="Run folder of `arborisk train`, or a bundle folder.")
    ],
    photos: Annotated[Path, typer.Argument(exists=True, help="Folder of new photos.")],
    out: Annotated[
        Path | None, typer.Option(help="Page to write, .html.", show_default="no page")
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Table with the columns file and group (or outing, site, tree) of new photos.",
            show_default="photos of one day",
        ),
    ] = None,
    level: Annotated[
        float,
        typer.Option(min=0.001, max=0.5, help="Chance of any alarm where nothing has changed."),
    ] = 0.05,
    most: Annotated[
        int, typer.Option(min=10, help="Photos looked at; of more, so many drawn at random.")
    ] = 2_000,
    seed: Annotated[int, typer.Option(help="Of the draw of photos and of the test.")] = 0,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Photos worked on at once.", show_default="one a core"),
    ] = None,
    format: TableFormatOption = TableFormat.TABLE,
) -> None:
    """Compares PHOTOS with the training photos that MODEL remembers.

    What the photos show, how far they lie from those of training, their light
    and sharpness, and the mix of classes: each tested by dealing whole groups
    anew, with the size of the difference in words. An alarm does not change
    the exit code.
    """
    from arborisk.bundle.load import load_bundle
    from arborisk.cli.console import note, progress
    from arborisk.prediction.drift.compare import drift_of
    from arborisk.prediction.drift.photos import measure_photos
    from arborisk.prediction.drift.words import drift_json, drift_text, read_groups

    bundle = load_bundle(model)
    given = read_groups(groups) if groups else None
    with progress("Looking at photos") as step:
        new = measure_photos(
            bundle, photos, groups=given, most=most, n_threads=threads, seed=seed, progress=step
        )
    found = drift_of(bundle, new, level=level, seed=seed)
    if format is TableFormat.JSON:
        say_json(drift_json(found))
    else:
        say(drift_text(found))
    if out is not None:
        from arborisk.report.drift_report import write_drift_report

        note(f"Page: {write_drift_report(found, bundle, photos, out)}")


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
