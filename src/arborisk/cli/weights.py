"""``arborisk weights``: weights from published files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import TableFormat
from arborisk.cli.console import say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arborisk.models.weights import KnownWeights

app = typer.Typer(no_args_is_help=True)


def list_weights(
    format: Annotated[
        TableFormat, typer.Option(help="A table, or JSON with whole hashes and paths.")
    ] = TableFormat.TABLE,
) -> None:
    """List the weights that a network can start from here, installed and imported.

    The hash of every file is looked at: `present` means that it is the one that was checked.
    """
    from arborisk.models.weights import known_weights

    known = known_weights()
    if format is TableFormat.JSON:
        import dataclasses

        say_json([dataclasses.asdict(weights) for weights in known])
        return
    say(_table(known))


@app.command("import")
def import_weights(
    file: Annotated[
        Path,
        typer.Argument(help="The file as published, .pth or .safetensors.", show_default=False),
    ],
    sha256: Annotated[
        str,
        typer.Option(
            help="Its SHA-256 as published: 64 hexadecimal digits, or the first 8 or more, as in "
            "the names of torchvision's files.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str,
        typer.Option(help="The model they should be of.", show_default="recognised from the file"),
    ] = "",
    name: Annotated[
        str,
        typer.Option(
            help="What to call them.", show_default="model and 8 digits, as in resnet50-11ad3fa6"
        ),
    ] = "",
    licence: Annotated[
        str, typer.Option(help="Licence of the weights, as their publisher states it; kept.")
    ] = "",
    source: Annotated[str, typer.Option(help="Where the file came from; kept.")] = "",
) -> None:
    """Check a published file of ImageNet weights and keep it, for `train --weights NAME`.

    Nothing is downloaded, and nothing in the file is run. Files that fit are torchvision's of
    ResNet-50 and GoogLeNet, and those of EfficientNet-Lite0, 1 and 2, which the packages bring
    already. Torchvision publishes resnet50-11ad3fa6.pth, resnet50-0676ba61.pth and
    googlenet-1378be20.pth under https://download.pytorch.org/models/. Kept are the weights below
    the last layer, in ARBORISK_DATA or the system's usual folder for a user's data.
    """
    from datetime import date

    from arborisk.cli.console import note
    from arborisk.models.importing import import_weights as check_and_keep

    kept = check_and_keep(
        file,
        sha256=sha256,
        model=model,
        name=name,
        licence=licence,
        source=source,
        today=date.today(),
    )
    note(f"Kept {kept.n_parameters:,} weights of {kept.model} in {kept.path}.")
    if not kept.licence:
        note("Their licence is not recorded: give it with --licence, and import them again.")
    note(f"Use them: arborisk train DATASET --model {kept.model} --weights {kept.name}")
    say(kept.name)


def _table(known: Sequence[KnownWeights]) -> str:
    """A line for each, and where the files lie."""
    from arborisk.cli.text_table import text_table
    from arborisk.models.weights import weights_dir

    rows = [
        [
            weights.name,
            weights.model,
            weights.state if weights.origin == "imported" else _installed(weights),
            weights.sha256[:8],
            weights.licence or "not recorded",
        ]
        for weights in known
    ]
    table = text_table(["name", "model", "file", "sha256", "licence"], rows)
    return f"{table}\n\nImported weights lie in {weights_dir()}."


def _installed(weights: KnownWeights) -> str:
    """The state of a package's file, in the words of packages."""
    return {"present": "installed", "missing": "not installed", "damaged": "damaged"}[weights.state]
