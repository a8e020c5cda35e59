"""What Model 1 does to the size of a picture, layer by layer, without building it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from arborisk.errors import SettingsError
from arborisk.models.settings import Model1Settings


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One layer and what leaves it.

    Attributes:
        name: ``conv_1``, ``pool_1``, ``flatten``, ``dense_1``, ``output``, ...
        output: (height, width, feature maps), or (neurons,).
        n_parameters: Weights and biases of the layer.
    """

    name: str
    output: tuple[int, ...]
    n_parameters: int


def model1_shapes(
    settings: Model1Settings, *, n_classes: int, channels: int, size: int
) -> tuple[LayerShape, ...]:
    """Output shape and parameter count of every layer of Model 1.

    Args:
        settings: The network's choices.
        n_classes: Classes told apart.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.

    Returns:
        One entry a layer, first to last; dropout changes no shape and is left out.

    Raises:
        SettingsError: The picture is used up before the last pooling: use a larger picture, fewer
            poolings or smaller strides.

    >>> [layer.output for layer in model1_shapes(
    ...     Model1Settings(), n_classes=2, channels=1, size=108)][:3]
    [(54, 54, 64), (27, 27, 64), (27, 27, 128)]
    """
    layers: list[LayerShape] = []
    side, maps = size, channels
    for number, maps_out in enumerate(settings.feature_maps, start=1):
        kernel = settings.kernel_of(number)
        side = -(-side // settings.stride_of(number))  # "same" padding: rounded up
        n_parameters = (kernel * kernel * maps + 1) * maps_out
        maps = maps_out
        layers.append(LayerShape(f"conv_{number}", (side, side, maps), n_parameters))
        if number in settings.poolings:
            if side < settings.pool_size:
                raise _used_up(number, side, settings, size)
            side //= settings.pool_size  # no padding: rounded down
            layers.append(LayerShape(f"pool_{number}", (side, side, maps), 0))
    neurons = prod((side, side, maps))
    layers.append(LayerShape("flatten", (neurons,), 0))
    for number, width in enumerate(settings.dense, start=1):
        layers.append(LayerShape(f"dense_{number}", (width,), (neurons + 1) * width))
        neurons = width
    layers.append(LayerShape("output", (n_classes,), (neurons + 1) * n_classes))
    return tuple(layers)


def _used_up(layer: int, side: int, settings: Model1Settings, size: int) -> SettingsError:
    """The refusal of a picture that is too small."""
    return SettingsError(
        expected=f"at least {settings.pool_size} px a side before the pooling after "
        f"convolutional layer {layer}",
        found=f"{side} px left of a {size} px picture",
        where="size of model1",
        remedy="Use a larger size, fewer poolings (pool_after) or smaller strides.",
    )
