"""``arborisk explain``: why a model said what it said of photos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say
from arborisk.wording.counts import counted


def explain(
    model: Annotated[
        Path, typer.Argument(help="Run folder of `arborisk train`, or a bundle folder.")
    ],
    photos: Annotated[
        Path | None,
        typer.Argument(
            help="Photo, or folder searched with all its folders.",
            show_default="photos that the run held back",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write; one begun earlier goes on.")] = Path(
        "explained"
    ),
    method: Annotated[
        str,
        typer.Option(
            help="How maps are made: class_activation, grad_cam, grad_cam_pp, saliency, "
            "smooth_saliency, integrated_gradients or occlusion.",
            show_default="class_activation where the model has one, else grad_cam",
        ),
    ] = "",
    of: Annotated[
        str,
        typer.Option(help="Class that is asked about.", show_default="the model's answer"),
    ] = "",
    against: Annotated[
        str,
        typer.Option(help="Class it is set against.", show_default="all others"),
    ] = "",
    n_photos: Annotated[
        int,
        typer.Option("--photos", min=1, help="Photos of the run, where none are given."),
    ] = 24,
    nearest: Annotated[
        int, typer.Option(min=0, max=12, help="Labelled photos shown beside each.")
    ] = 4,
    measures: Annotated[
        bool, typer.Option("--measures/--no-measures", help="Measure the tree in each photo.")
    ] = True,
    check: Annotated[
        bool,
        typer.Option("--check/--no-check", help="Check whether the maps are to be believed."),
    ] = True,
    seed: Annotated[int, typer.Option(help="Of the draw of photos and of the checks.")] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Forget an earlier run into the same folder.")
    ] = False,
) -> None:
    """Why a model said what it said: maps, parts, measures, and the photos it learnt from.

    Writes pages (index.html), a table (explanations.csv) and pictures into
    the folder of --out. A map shows what the network computed with, never
    that a place is a defect.
    """
    from arborisk.cli import EXIT_SOME_PHOTOS_FAILED
    from arborisk.cli.console import note, progress_for
    from arborisk.studies.explain.asked import ExplainOptions
    from arborisk.studies.explain.explain import explain as explain_photos

    options = ExplainOptions(
        method=method,
        of=of,
        against=against,
        measures=measures,
        n_photos=n_photos,
        n_nearest=nearest,
        check=check,
        seed=seed,
    )
    try:
        done = explain_photos(
            model, photos, out, options, restart=restart, progress_for=progress_for
        )
    except KeyboardInterrupt:
        note("Interrupted. Finished photos are kept: the same command goes on from here.")
        raise
    say(done.belief.headline)
    n_explained = len(done.explanations) - done.n_failed
    say(f"{counted(n_explained, 'photo')} explained, {done.n_failed} could not be used.")
    note(f"Table: {done.table}")
    note(f"Page: {done.page}")
    if done.n_failed:
        raise typer.Exit(EXIT_SOME_PHOTOS_FAILED)


def interpret(
    run: Annotated[Path, typer.Argument(help="Run folder of `arborisk train`.")],
    out: Annotated[Path, typer.Option(help="Folder to write; one begun earlier goes on.")] = Path(
        "interpreted"
    ),
    of: Annotated[
        str, typer.Option(help="Class that is asked about.", show_default="the likeliest to fail")
    ] = "",
    against: Annotated[
        str, typer.Option(help="Class it is set against.", show_default="all others")
    ] = "",
    n_photos: Annotated[
        int,
        typer.Option("--photos", min=20, help="Photos looked at, as many of each class."),
    ] = 150,
    trees: Annotated[
        int, typer.Option(min=8, help="Drawn trees in which one thing at a time is changed.")
    ] = 24,
    method: Annotated[
        str,
        typer.Option(
            help="How maps are made, see `arborisk explain`.",
            show_default="class_activation where the model has one, else grad_cam",
        ),
    ] = "",
    chapters: Annotated[
        str,
        typer.Option(
            help="Chapters to make: where, belief, measures, changes, concepts, shortcuts, inside.",
            show_default="all",
        ),
    ] = "",
    seed: Annotated[int, typer.Option(help="Of all that is drawn at random.")] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Make finished chapters anew.")
    ] = False,
) -> None:
    """What a trained model uses, what it ignores, and where it disagrees with physics.

    Writes one report in sentences with figures (index.html), the same as
    interpret.json, and pages on the inside of the network, into the folder of
    --out. Photos are those that RUN held back, each asked of the network that
    had not learnt from it.
    """
    from arborisk.cli.console import note, progress_for
    from arborisk.studies.interpret.interpret import interpret as interpret_run
    from arborisk.studies.interpret.subject import InterpretOptions

    options = InterpretOptions(
        of=of,
        against=against,
        n_photos=n_photos,
        n_trees=trees,
        method=method,
        chapters=tuple(name.strip() for name in chapters.split(",") if name.strip()),
        seed=seed,
    )
    try:
        done = interpret_run(
            run, out, options, restart=restart, progress_for=progress_for, tell=note
        )
    except KeyboardInterrupt:
        note("Interrupted. Finished chapters are kept: the same command goes on from here.")
        raise
    say(done.page.headline)
    for title, lines in (
        ("Uses", done.page.uses),
        ("Ignores", done.page.ignores),
        ("Disagrees with physics, or looks at the wrong thing", done.page.disagrees),
    ):
        say(f"{title}:")
        for line in lines or ("nothing among what was looked for",):
            say(f"  {line}")
    note(f"Page: {done.path}")
