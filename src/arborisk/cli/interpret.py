"""``arborisk interpret``: what a model uses, ignores, and where it disagrees with physics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say


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
