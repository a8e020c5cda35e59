"""``arborisk learn backprop``: the deck's back-propagation, every number of it."""

from __future__ import annotations

import dataclasses
import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.common_options import TableFormat
from arborisk.cli.console import emit, say, text_table
from arborisk.errors import Remedy, option

if TYPE_CHECKING:
    from arborisk.deck.activations import Floats
    from arborisk.deck.tracing import Trace

app = typer.Typer(no_args_is_help=True)


class SigmaName(enum.StrEnum):
    """Activations."""

    SIGMOID = "sigmoid"
    TANH = "tanh"
    RELU = "relu"
    IDENTITY = "identity"


class CostName(enum.StrEnum):
    """Costs."""

    SQUARED_ERROR = "squared_error"
    CROSS_ENTROPY = "cross_entropy"


class TraceFormat(enum.StrEnum):
    """How a trace is given."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


class BlocksFormat(enum.StrEnum):
    """How the layers of Model 1 are printed."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


class HandTask(enum.StrEnum):
    """What is learned."""

    MOONS = "moons"
    TREES = "trees"


Layers = Annotated[str, typer.Option(help="Neurons of the input and of each layer.")]
SigmaOption = Annotated[
    SigmaName,
    typer.Option(help="Activation; under cross-entropy of all layers but the last."),
]
CostOption = Annotated[
    CostName, typer.Option(help="The deck's (a - y)^2, or Model 1's cross-entropy after softmax.")
]
Eta = Annotated[float, typer.Option(help="Learning rate, above 0.")]
Seed = Annotated[int, typer.Option(help="Of everything drawn; same seed, same numbers.")]
Input = Annotated[
    str | None,
    typer.Option("--input", help="Numbers of one input, as 0.5,-0.2.", show_default="drawn"),
]
Target = Annotated[
    str | None, typer.Option(help="Numbers of its target, as 0.8.", show_default="drawn")
]


@app.command("trace")
def trace_(
    layers: Layers = "2,3,1",
    sigma: SigmaOption = SigmaName.SIGMOID,
    cost: CostOption = CostName.SQUARED_ERROR,
    eta: Eta = 0.5,
    steps: Annotated[int, typer.Option(help="Updates to make.")] = 3,
    samples: Annotated[
        int, typer.Option(help="Samples drawn: 1 as derived, more for a mini-batch.")
    ] = 1,
    input_: Input = None,
    target: Target = None,
    seed: Seed = 0,
    format: Annotated[
        TraceFormat, typer.Option(help="Table for people, JSON with all digits, or the page.")
    ] = TraceFormat.TABLE,
    out: Annotated[
        Path | None, typer.Option(help="Write it here.", show_default="standard output")
    ] = None,
) -> None:
    """Every number of the forward pass, the backward pass and the update, with its equation.

    Numbers of equations are the deck's, 1 to 40; "-" where the deck has
    none. Layers are counted from 1, a(0) is the input, r is the iteration.
    A gradient stands beside the factors whose product it is.
    """
    from arborisk.cli.console import note

    found = _traced(layers, sigma, cost, eta, steps, samples, input_, target, seed)
    if format is TraceFormat.JSON:
        text = json.dumps(found.as_json(), indent=1, allow_nan=False)
    elif format is TraceFormat.HTML:
        from arborisk.deck.backprop_page import backprop_page

        text = backprop_page(found)
    else:
        text = _table(found)
    _give(text, out)
    if out is not None:
        note(f"Trace: {out}")


@app.command()
def page(
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("backprop.html"),
    layers: Layers = "2,3,1",
    sigma: SigmaOption = SigmaName.SIGMOID,
    cost: CostOption = CostName.SQUARED_ERROR,
    eta: Eta = 0.5,
    steps: Annotated[int, typer.Option(help="Updates to walk through.")] = 3,
    input_: Input = None,
    target: Target = None,
    seed: Seed = 0,
) -> None:
    """Write a page to walk through a training, step by step; open it in any browser.

    Keys: right and left arrow step, Home and End go to the start and the
    end. Eta and the inputs can be changed; the page computes everything
    anew. It needs no network.
    """
    from arborisk.cli.console import note
    from arborisk.deck.backprop_page import backprop_page
    from arborisk.files import write_text_whole

    found = _traced(layers, sigma, cost, eta, steps, 1, input_, target, seed)
    write_text_whole(out, backprop_page(found))
    note(f"Page: {out}")


@app.command()
def check(
    seed: Seed = 0,
    torch: Annotated[
        bool, typer.Option(help="Compare with torch too, and do a step of Model 1 by hand.")
    ] = True,
    size: Annotated[
        int, typer.Option(help="Side of Model 1's pictures, in pixels; the deck's is 108.")
    ] = 36,
    every: Annotated[
        bool, typer.Option("--every", help="A row for each gradient, not for each network.")
    ] = False,
    format: Annotated[
        TableFormat, typer.Option(help="Table for people, or JSON.")
    ] = TableFormat.TABLE,
) -> None:
    """Compare every gradient with central differences, the scalar form and torch.

    Differences are relative: the largest difference over the largest
    number compared. Exit status 1 if one is above 1e-6.
    """
    from arborisk.deck.checks import agreement_line, all_checks, as_objects, check_cells

    rows = all_checks(seed=seed, with_torch=torch, size=size)
    if format is TableFormat.JSON:
        say(json.dumps(as_objects(rows), indent=1))
    else:
        columns, cells, numbers = check_cells(rows, every=every)
        say(f"{text_table(columns, cells, numbers=numbers)}\n\n{agreement_line(rows)}")
    if not all(row.agrees for row in rows):
        raise typer.Exit(1)


@app.command()
def train(
    task: Annotated[
        HandTask,
        typer.Argument(
            help="moons: two half circles. trees: measures of drawn trees, Improbable or Probable."
        ),
    ] = HandTask.MOONS,
    hidden: Annotated[str, typer.Option(help="Neurons of each hidden layer.")] = "12",
    sigma: Annotated[SigmaName, typer.Option(help="Activation of the hidden layers.")] = (
        SigmaName.TANH
    ),
    cost: CostOption = CostName.CROSS_ENTROPY,
    eta: Eta = 0.3,
    epochs: Annotated[int, typer.Option(help="Passes over the training part.")] = 60,
    batch: Annotated[int, typer.Option(help="Samples of one update.")] = 32,
    samples: Annotated[
        int | None,
        typer.Option(
            help="Points or trees drawn, those held back included.",
            show_default="400 points, 916 trees",
        ),
    ] = None,
    seed: Seed = 0,
    format: Annotated[
        TableFormat, typer.Option(help="Curve and table, or JSON.")
    ] = TableFormat.TABLE,
    figure: Annotated[
        Path | None,
        typer.Option(help="Also draw the curve into this SVG file.", show_default="no figure"),
    ] = None,
) -> None:
    """Train a network by the deck's equations on a task that a person can see.

    A part is held back and never learned from; the score on it stands
    beside that of always answering the commoner class. Drawn trees are
    never evidence about real ones.
    """
    from arborisk.cli.console import note, progress
    from arborisk.deck.fitting_text import as_object, run_training, training_text
    from arborisk.files import write_text_whole

    with progress("Epochs") as step:
        run = run_training(
            task.value,
            hidden=_sizes(hidden, "--hidden"),
            sigma=sigma.value,
            cost=cost.value,
            eta=eta,
            n_epochs=epochs,
            batch_size=batch,
            n_samples=samples,
            seed=seed,
            progress=step,
        )
    say(json.dumps(as_object(run), indent=1) if format is TableFormat.JSON else training_text(run))
    if figure is not None:
        from arborisk.deck.backprop_page import training_figure

        write_text_whole(figure, training_figure(run.fit, run.name) + "\n")
        note(f"Figure: {figure}")


def model1(
    size: Annotated[int, typer.Option(min=1, help="Side of the picture, in pixels.")] = 108,
    channels: Annotated[int, typer.Option(min=1, help="1 for grey, 3 for colour.")] = 1,
    classes: Annotated[int, typer.Option(min=1, help="Number of classes.")] = 2,
    format: Annotated[
        BlocksFormat, typer.Option(help="Table for people, JSON or Markdown.")
    ] = BlocksFormat.TABLE,
    figure: Annotated[
        Path | None,
        typer.Option(help="Also draw the network into this SVG file.", show_default="no figure"),
    ] = None,
) -> None:
    """Building blocks of the deck's Model 1: what each layer sees, gives and costs.

    All is computed from the network's settings: output size, receptive
    field and parameters of every layer.
    """
    from arborisk.deck.model1_page import NUMBERS, blocks_cells, building_blocks
    from arborisk.files import write_text_whole
    from arborisk.models.settings import Model1Settings

    blocks = building_blocks(Model1Settings(), n_classes=classes, channels=channels, size=size)
    head, rows = blocks_cells(blocks)
    if format is BlocksFormat.JSON:
        say(json.dumps([dataclasses.asdict(block) for block in blocks], indent=1))
    elif format is BlocksFormat.TABLE:
        say(text_table(head, rows, numbers=NUMBERS))
    else:
        lines = [head, ["---:" if name in NUMBERS else "---" for name in head], *rows]
        say("\n".join(f"| {' | '.join(line)} |" for line in lines))
    if figure is not None:
        from arborisk.deck.model1_page import model1_figure

        write_text_whole(figure, model1_figure(blocks) + "\n")


def _traced(
    layers: str,
    sigma: SigmaName,
    cost: CostName,
    eta: float,
    steps: int,
    samples: int,
    input_: str | None,
    target: str | None,
    seed: int,
) -> Trace:
    """A trace as the options ask."""
    from arborisk.deck.dense_network import draw_network
    from arborisk.deck.tracing import example_samples, trace
    from arborisk.errors import SettingsError

    network = draw_network(
        _sizes(layers, "--layers"), sigma=sigma.value, cost=cost.value, seed=seed
    )
    if samples > 1 and (input_, target) != (None, None):
        raise SettingsError(
            "one sample with --input or --target",
            f"{samples}",
            "--samples",
            Remedy(
                "Leave {} at 1, or let all be drawn.", option("--samples", "learn backprop trace")
            ),
        )
    x, y = example_samples(network, samples, seed)
    if input_ is not None:
        x = _numbers(input_, "--input")
    if target is not None:
        y = _numbers(target, "--target")
    return trace(network, x, y, eta=eta, n_steps=steps)


def _table(found: Trace) -> str:
    """A trace for people."""
    from arborisk.deck.backprop_page import COLUMNS, trace_rows

    table = text_table(COLUMNS, trace_rows(found))
    costs = " -> ".join(f"{cost:.6f}" for cost in found.costs)
    return (
        f"{table}\n\nC: {costs}\n"
        f"Largest difference from the scalar form as derived: {found.scalar_difference:.1e}"
    )


def _give(text: str, out: Path | None) -> None:
    """To a file, or to standard output."""
    emit(text, out)


def _sizes(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers separated by commas."""
    from arborisk.errors import SettingsError

    try:
        return tuple(int(one) for one in text.split(",") if one.strip())
    except ValueError:
        raise SettingsError(
            "whole numbers separated by commas", repr(text), option, "Write, for example, 2,3,1."
        ) from None


def _numbers(text: str, option: str) -> Floats:
    """Numbers separated by commas, shape (1, n)."""
    import numpy as np

    from arborisk.errors import SettingsError

    try:
        return np.array([[float(one) for one in text.split(",")]])
    except ValueError:
        raise SettingsError(
            "numbers separated by commas", repr(text), option, "Write, for example, 0.5,-0.2."
        ) from None
