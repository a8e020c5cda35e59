"""Model 1 layer by layer, computed from its settings: what each sees, gives and costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from arborisk.backprop.receptive import Field, receptive_fields
from arborisk.models.settings import Model1Settings
from arborisk.models.shapes import LayerShape, model1_shapes


@dataclass(frozen=True, slots=True)
class BuildingBlock:
    """One layer of the network.

    Attributes:
        name: As in `arborisk.models.shapes`; "input" for the picture.
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
    field: Field | None
    n_parameters: int


def building_blocks(
    settings: Model1Settings, *, n_classes: int, channels: int, size: int
) -> tuple[BuildingBlock, ...]:
    """Every layer from the picture to the softmax.

    Args:
        settings: Of Model 1; the defaults are the deck's.
        n_classes: Classes told apart.
        channels: 1 (grey) or 3 (colour).
        size: Side of the picture, in pixels.

    Raises:
        SettingsError: The picture is too small for the poolings.
    """
    shapes = model1_shapes(settings, n_classes=n_classes, channels=channels, size=size)
    windows = [_window(layer, settings) for layer in shapes]
    fields: Iterator[Field] = iter(receptive_fields([window for window in windows if window]))
    blocks = [BuildingBlock("input", "picture", 0, 0, (size, size, channels), Field(1, 1), 0)]
    for layer, window in zip(shapes, windows, strict=True):
        field = next(fields) if window else blocks[-1].field if layer.name == "flatten" else None
        side, stride = window or (0, 0)
        kind = _kind(layer.name, settings)
        blocks.append(
            BuildingBlock(layer.name, kind, side, stride, layer.output, field, layer.n_parameters)
        )
    return tuple(blocks)


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
