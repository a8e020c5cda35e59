"""Model 1 layer by layer, from its settings: what each layer sees, gives and costs; its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arborisk.models.settings import LayerShape, Model1Settings, model1_shapes
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, INK, MUTED, ORANGE, SKY, draw_svg
from arborisk.wording.percent import counted_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import nn


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What one number of a layer looks at, away from the edges of the picture.

    Attributes:
        side_px: Side of the square that it has seen, in pixels of the input.
        step_px: How far the squares of two neighbours lie apart, in pixels of the input.
    """

    side_px: int
    step_px: int


def receptive_fields(windows: Sequence[tuple[int, int]]) -> tuple[ReceptiveField, ...]:
    """The receptive field after each of a row of windows.

    A window of k numbers that lie ``step`` pixels apart sees (k - 1) steps more than one of them.

    Args:
        windows: Side and stride of each convolution or pooling, first to last.

    Returns:
        One field a window.

    >>> receptive_fields([(7, 2), (2, 2), (3, 1)])[-1]
    ReceptiveField(side_px=17, step_px=4)
    """
    found: list[ReceptiveField] = []
    side, step = 1, 1
    for kernel, stride in windows:
        side += (kernel - 1) * step
        step *= stride
        found.append(ReceptiveField(side, step))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class BuildingBlock:
    """One layer of the network.

    Attributes:
        name: As in `arborisk.models.settings`; "input" for the picture.
        kind: In words.
        window_px: Side of its window, in numbers of the layer before; 0 without one.
        stride: How far the window moves; 0 without one.
        output: (height, width, feature maps), or (neurons,).
        field: What one of its numbers has seen; None where it has seen the whole picture.
        n_parameters: Weights and biases.
    """

    name: str
    kind: str
    window_px: int
    stride: int
    output: tuple[int, ...]
    field: ReceptiveField | None
    n_parameters: int


def building_blocks(
    settings: Model1Settings, *, n_classes: int, channels: int, size: int
) -> tuple[BuildingBlock, ...]:
    """Every layer from the picture to the softmax.

    Args:
        settings: Of Model 1; the defaults are the deck's.
        n_classes: Number of classes.
        channels: 1 (grey) or 3 (colour).
        size: Side of the picture, in pixels.

    Raises:
        SettingsError: The picture is too small for the poolings.
    """
    shapes = model1_shapes(settings, n_classes=n_classes, channels=channels, size=size)
    windows = [_window(layer, settings) for layer in shapes]
    fields: Iterator[ReceptiveField] = iter(
        receptive_fields([window for window in windows if window])
    )
    blocks = [
        BuildingBlock("input", "picture", 0, 0, (size, size, channels), ReceptiveField(1, 1), 0)
    ]
    for layer, window in zip(shapes, windows, strict=True):
        field = next(fields) if window else blocks[-1].field if layer.name == "flatten" else None
        side, stride = window or (0, 0)
        kind = _kind(layer.name, settings)
        blocks.append(
            BuildingBlock(layer.name, kind, side, stride, layer.output, field, layer.n_parameters)
        )
    return tuple(blocks)


NUMBERS = ("window, stride", "output", "sees, px", "parameters")
"""Headings of `blocks_cells` that are numbers."""


def blocks_cells(blocks: tuple[BuildingBlock, ...]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the table; "sees" is the side of the receptive field."""
    head = ["layer", "kind", "window, stride", "output", "sees, px"]
    rows = [
        [
            block.name,
            block.kind,
            f"{block.window_px} x {block.window_px}, {block.stride}" if block.window_px else "",
            " x ".join(map(str, block.output)),
            str(block.field.side_px) if block.field else "all",
            f"{block.n_parameters:,}" if block.n_parameters else "",
        ]
        for block in blocks
    ]
    total = f"{sum(block.n_parameters for block in blocks):,}"
    return [*head, "parameters"], [*rows, ["all", "", "", "", "", total]]


def _window(layer: LayerShape, settings: Model1Settings) -> tuple[int, int] | None:
    """Side and stride of a layer's window, or None."""
    kind, _, number = layer.name.partition("_")
    if kind == "conv":
        return settings.kernel_of(int(number)), settings.stride_of(int(number))
    return (settings.pool_size, settings.pool_size) if kind == "pool" else None


def _kind(name: str, settings: Model1Settings) -> str:
    """What the layer does, in words."""
    kind, _, number = name.partition("_")
    match kind:
        case "conv":
            return f"convolution, {settings.activation}"
        case "pool":
            return f"{settings.pooling} pooling"
        case "dense":
            silenced = settings.dropout_of(int(number))
            return f"dense, {settings.dense_activation_of(int(number))}, dropout {silenced:g}"
        case "output":
            return "dense, softmax"
        case _:
            return "one row"


def model1_modules(*, size: int, seed: int, n_classes: int = 2) -> list[nn.Module]:
    """Model 1 in float64 and in training mode, with biases that are not all zero.

    Args:
        size: Side of the picture, in pixels.
        seed: Of its weights.
        n_classes: Number of classes.
    """
    import torch

    from arborisk.models.model1 import Model1
    from arborisk.models.settings import Model1Settings

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Model1(Model1Settings(), n_classes=n_classes, channels=1, size=size)
        network = network.double().train()
        for value in network.parameters():
            if value.ndim == 1:  # a bias of zero would hide a mistake in it
                value.data.normal_(0, 0.05)
    return [network.convolutions, network.hidden, network.head]


HEIGHT_IN = 8.6
GAP_PX = 14
"""Between two layers of the drawing, in pixels of the picture."""
THICKNESS_PX = 0.1
"""Of one feature map in the drawing: 64 maps are as thick as 6.4 pixels."""


def model1_figure(blocks: tuple[BuildingBlock, ...]) -> str:
    """Three panels: maps to scale, receptive fields on the picture, parameters of each layer.

    Args:
        blocks: As `building_blocks` gives them.

    Returns:
        An ``<svg>`` element, which is a file of its own as well.
    """

    def paint(figure: Figure) -> None:
        maps, fields, weights = figure.subplots(
            3, 1, gridspec_kw={"height_ratios": [2.4, 3.4, 2.6]}
        )
        _draw_maps(maps, blocks)
        _draw_fields(fields, blocks)
        _draw_parameters(weights, blocks)

    told = "; ".join(
        f"{block.name} {' x '.join(map(str, block.output))}, {block.n_parameters:,} parameters"
        for block in blocks
    )
    return draw_svg("model1", (FIGURE_WIDTH_IN, HEIGHT_IN), paint, f"Model 1. {told}.")


def _draw_maps(axes: Axes, blocks: tuple[BuildingBlock, ...]) -> None:
    """Each layer as a box: as tall as its maps, as thick as there are many."""
    from matplotlib.patches import Rectangle

    x = 0.0
    spatial = [block for block in blocks if len(block.output) == 3]
    for block in spatial:
        side, _, n_maps = block.output
        width = max(1.5, THICKNESS_PX * n_maps)
        colour = ORANGE if block.name.startswith("pool") else SKY
        colour = "white" if block.name == "input" else colour
        axes.add_patch(
            Rectangle((x, -side / 2), width, side, facecolor=colour, edgecolor=INK, linewidth=0.8)
        )
        middle = x + width / 2
        axes.text(middle, side / 2 + 3, f"{side}", ha="center", va="bottom", fontsize=8)
        axes.text(middle, -side / 2 - 3, f"{n_maps}", ha="center", va="top", fontsize=8)
        axes.text(
            middle,
            -spatial[0].output[0] / 2 - 16,
            block.name.replace("_", " "),
            ha="right",
            va="top",
            rotation=45,
            rotation_mode="anchor",
            fontsize=7.5,
        )
        x += width + GAP_PX
    axes.set_xlim(-18, x)
    axes.set_ylim(-spatial[0].output[0] / 2 - 44, spatial[0].output[0] / 2 + 14)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title("Maps to scale: side above, number below")


def _draw_fields(axes: Axes, blocks: tuple[BuildingBlock, ...]) -> None:
    """The square that the middle number of each layer has seen, on the picture."""
    from matplotlib.patches import Rectangle

    size = blocks[0].output[0]
    axes.add_patch(Rectangle((0, 0), size, size, facecolor="#eef1f2", edgecolor=MUTED))
    # The largest first: leaders from corners to labels in this order do not cross.
    shown = [block for block in reversed(blocks) if block.window_px and block.field]
    for number, block in enumerate(shown):
        if block.field is None:
            continue
        side = block.field.side_px
        low = (size - side) / 2
        is_pool = block.name.startswith("pool")
        axes.add_patch(
            Rectangle(
                (low, low),
                side,
                side,
                fill=False,
                edgecolor=ORANGE if is_pool else BLUE,
                linestyle="--" if is_pool else "-",
                linewidth=1.4,
            )
        )
        y = size - (number + 0.5) * size / len(shown)
        axes.plot([low + side, size + 7], [low + side, y], color=MUTED, linewidth=0.5)
        axes.text(
            size + 9,
            y,
            f"{block.name.replace('_', ' ')}: {side} px, every {block.field.step_px} px",
            va="center",
            fontsize=8,
        )
    axes.set_xlim(-2, size + 78)
    axes.set_ylim(-2, size + 2)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title(f"What one number has seen of the {size} px picture")


def _draw_parameters(axes: Axes, blocks: tuple[BuildingBlock, ...]) -> None:
    """Bars of the layers that learn."""
    learning = [block for block in blocks if block.n_parameters]
    total = sum(block.n_parameters for block in learning)
    places = range(len(learning))
    axes.barh(places, [block.n_parameters / 1e3 for block in learning], color=BLUE, height=0.62)
    for place, block in zip(places, learning, strict=True):
        axes.text(
            block.n_parameters / 1e3 + total / 1e5,
            place,
            counted_share(block.n_parameters, total, 1),
            va="center",
            fontsize=8,
        )
    axes.set_yticks(places, [block.name.replace("_", " ") for block in learning])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.45 * max(block.n_parameters for block in learning) / 1e3)
    axes.set_xlabel("thousand weights and biases")
    axes.set_title(f"Where the {total:,} parameters are")
