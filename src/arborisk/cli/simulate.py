"""``arborisk learn simulate``: a stand of drawn trees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import note, progress, say
from arborisk.wording.counts import counted

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
