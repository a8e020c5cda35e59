"""``arborisk split``: which photos train and which test."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say
from arborisk.wording.counts import agreeing, counted


class SplitProtocol(StrEnum):
    """How photos are divided."""

    GROUPED = "grouped"
    DECK = "deck"


def split(
    dataset: Annotated[
        Path, typer.Argument(help="Folder of a data set, made by `arborisk import`.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Table to write; its ending says the format.")],
    folds: Annotated[
        int | None,
        typer.Option("--folds", help="Number of folds, each tested once. Default: one hold-out."),
    ] = None,
    test_share: Annotated[
        float,
        typer.Option(
            "--test-share", help="Share of photos in the test part of a hold-out, 0 to 1."
        ),
    ] = 0.2,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="What is kept whole: tree, site, or both. Copies of one photo always are.",
        ),
    ] = "tree,site",
    scheme: Annotated[
        str,
        typer.Option(
            "--scheme",
            help="Classes to balance: Pr_Im, PrPo_Im, Pr_PoIm, Pr_Po_Im, as-labelled or a .toml.",
        ),
    ] = "as-labelled",
    trust_tree_ids: Annotated[
        bool,
        typer.Option(
            "--trust-tree-ids",
            help="Part even copies of one photo where their stated trees differ.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the search.")] = 0,
    protocol: Annotated[
        SplitProtocol,
        typer.Option(
            "--protocol",
            help="grouped keeps trees, sites and copies whole; deck is random by photo and leaks.",
        ),
    ] = SplitProtocol.GROUPED,
) -> None:
    """Divides a data set into training and test parts, or into folds, and keeps groups whole."""
    from arborisk.cli.console import note
    from arborisk.dataset.copy_links import links_of
    from arborisk.dataset.loading import load_dataset
    from arborisk.dataset.schemes import load_scheme
    from arborisk.dataset.table import apply_scheme
    from arborisk.split.files import write_split
    from arborisk.split.groups import group_photos, link_notes
    from arborisk.split.leaky import make_deck_holdout
    from arborisk.split.make import make_folds, make_holdout
    from arborisk.split.plan import describe
    from arborisk.tables.write import check_out

    if folds is not None and protocol is SplitProtocol.DECK:
        raise typer.BadParameter("the deck splits once; leave out --folds", param_hint="--folds")
    check_out(out)
    loaded = load_dataset(dataset)
    chosen = load_scheme(scheme, {row.label for row in loaded.photos if row.label})
    labelled = apply_scheme(loaded, chosen)
    rows, classes = labelled.rows, labelled.class_index
    links = links_of(loaded, trust_tree_ids=trust_tree_ids)
    kinds = [kind.strip() for kind in by.split(",") if kind.strip()]
    groups = group_photos(rows, links.pairs, by=kinds)
    if protocol is SplitProtocol.DECK:
        made = make_deck_holdout(rows, classes, groups, test_share=test_share, seed=seed)
    elif folds is not None:
        made = make_folds(rows, classes, groups, n_folds=folds, seed=seed)
    else:
        made = make_holdout(rows, classes, groups, test_share=test_share, seed=seed)
    made = replace(
        made,
        notes=(*made.notes, *link_notes(links, trusted=trust_tree_ids)),
        trust_tree_ids=trust_tree_ids,
    )
    write_split(made, out)
    n_left_out = len(loaded.photos) - len(rows)
    if n_left_out:
        note(
            f"{counted(n_left_out, 'photo')} without a class in {chosen.name} "
            f"{agreeing(n_left_out, 'is')} left out."
        )
    for sentence in made.notes:
        note(sentence)
    say(describe(made, classes, chosen.names))
    note(f"Written: {out}")
