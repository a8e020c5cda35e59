"""``arborisk predict``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import Format, FormatOption
from arborisk.cli.console import note, progress, say, say_json
from arborisk.cli.table_options import with_table_options
from arborisk.errors import Remedy, option
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from arborisk.tables.choices import TableChoices


class AnswerChoice(StrEnum):
    """How the answer is chosen."""

    MOST_RAISED = "most-raised"
    LIKELIEST = "likeliest"
    COST = "cost"


class Sets(StrEnum):
    """For whom the coverage of likelihood sets holds."""

    CLASS_CONDITIONAL = "class_conditional"
    MARGINAL = "marginal"


@with_table_options("units", "places", "sheet", "layer")
def predict(
    model: Annotated[
        Path, typer.Argument(help="Run folder of `arborisk train`, or a bundle folder.")
    ],
    photos: Annotated[Path, typer.Argument(help="Photo, or folder searched with all its folders.")],
    out: Annotated[
        Path,
        typer.Option(
            help="Table to write, one row a photo: .csv, .jsonl, .parquet, .geojson, .gpkg or "
            ".xlsx. A journal beside it keeps finished photos, so that a rerun resumes."
        ),
    ] = Path("predictions.csv"),
    trees: Annotated[
        Path | None,
        typer.Option(help="Table with columns file and tree: the tree that each photo shows."),
    ] = None,
    *,
    choices: TableChoices,
    coverage: Annotated[
        float,
        typer.Option(min=0.5, max=0.999, help="Share of likelihood sets that hold the true class."),
    ] = 0.9,
    sets: Annotated[
        Sets,
        typer.Option(help="Whether the coverage holds for each class or for all photos together."),
    ] = Sets.CLASS_CONDITIONAL,
    miss_rate: Annotated[
        float | None,
        typer.Option(
            min=0.0001,
            max=0.9999,
            help="Refer so that at most this share of the trees of the class of --refer, one of "
            "each new group (tree, site), is missed.",
            show_default="refer by the likelihood set",
        ),
    ] = None,
    confidence: Annotated[
        float,
        typer.Option(min=0.5, max=0.9999, help="Least chance that --miss-rate holds."),
    ] = 0.95,
    refer: Annotated[
        str,
        typer.Option(
            help="Class that must not be missed, by name or title; likelier ones go with it.",
            show_default="the likeliest class; none where classes have no order",
        ),
    ] = "",
    answer: Annotated[
        AnswerChoice | None,
        typer.Option(
            "--answer",
            help="Class that is called the answer: most-raised above its share in training, "
            "likeliest, or least cost by --costs.",
            show_default="as the bundle was measured",
        ),
    ] = None,
    costs: Annotated[
        Path | None,
        typer.Option(
            help="Table of costs (TOML) for --answer cost: under [Improbable], Probable = 50 is "
            "the cost of that answer to a Probable tree."
        ),
    ] = None,
    prevalence: Annotated[
        str | None,
        typer.Option(
            help="How common the classes are among these trees: Probable=0.02,Possible=0.1 (one "
            "may be left out), or estimate.",
            show_default="the proportions of training; no expected numbers are given",
        ),
    ] = None,
    first: Annotated[
        int, typer.Option(min=0, help="Also name so many trees (photos) to see first.")
    ] = 0,
    exact: Annotated[
        bool, typer.Option("--exact", help="Decode every pixel; several times slower.")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Photos worked on at once.", show_default="one a core"),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Forget an earlier run into the same table.")
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why",
            help="Also write an overlay of each photo, into a folder beside the table: which "
            "places the answer came from.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the model, count the photos, and stop.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Likelihood of failure for every photo under PHOTOS. Never a risk rating."""
    from arborisk.bundle.linear_head import read_linear_head
    from arborisk.bundle.load import load_bundle
    from arborisk.cli import EXIT_SOME_PHOTOS_FAILED
    from arborisk.errors import SettingsError
    from arborisk.photos.files import find_photos
    from arborisk.prediction.answers import Answering
    from arborisk.prediction.options import AnswerOptions, parse_prevalence
    from arborisk.prediction.rows import read_tree_ids
    from arborisk.prediction.run import predict_photos, trees_path

    bundle = load_bundle(model)
    options = AnswerOptions(
        coverage=coverage,
        set_kind=sets.value,
        miss_rate=miss_rate,
        confidence=confidence,
        refer=refer,
        prevalence=parse_prevalence(prevalence) if prevalence else None,
        answer=answer.value if answer else None,
        costs=costs,
    )
    if dry_run:
        Answering(bundle, options)  # refuses what the bundle cannot promise
        if why:
            read_linear_head(bundle)  # refuses a network without an exact map
        note(
            f"{counted(len(find_photos(photos)), 'photo')}; bundle {bundle.bundle_id}; nothing was "
            "written."
        )
        return
    tree_ids = read_tree_ids(trees, choices) if trees else None
    if trees and trees.resolve() == trees_path(out).resolve():
        raise SettingsError(
            "another name for the list of trees",
            f"{trees}, where the table of trees is to be written",
            "--trees",
            Remedy("Rename the list, or choose another {}.", option("--out", "predict")),
        )
    try:
        with progress("Assessing photos") as step:
            summary = predict_photos(
                bundle,
                photos,
                out,
                exact=exact,
                n_threads=threads,
                tree_ids=tree_ids,
                options=options,
                restart=restart,
                why=why,
                progress=step,
            )
    except KeyboardInterrupt:
        note("Interrupted. Finished photos are kept: the same command goes on from here.")
        raise
    if format is Format.JSON:
        say_json(summary.as_json())
    else:
        say("\n".join([*summary.lines(), *summary.first_lines(first)]))
    note(f"Table: {out}")
    if summary.out_trees:
        note(f"Table of trees: {summary.out_trees}")
    if summary.overlays:
        note(f"Overlays: {summary.overlays}")
    if summary.n_failed:
        raise typer.Exit(EXIT_SOME_PHOTOS_FAILED)
