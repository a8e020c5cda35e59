"""The choices of Model 1, one by one, as the deck lists them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from arborisk.errors import SettingsError

Activation = Literal["relu", "tanh", "sigmoid"]
Pooling = Literal["max", "average"]
Output = Literal["nominal", "cumulative_link", "corn"]
"""How the last layer answers: classes without an order, or by ordered thresholds or questions."""
TestViews = Literal["one", "mirror", "mirror_zoom"]
"""Views of a photo whose probabilities are averaged: itself; its mirror image too; and the middle
of both, at 7/8 of the side."""
Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class Model1Settings(BaseModel):
    """Shape of Model 1. The defaults are the network of the deck.

    Source: NARS Lab deck (2 December 2020), diagram of CNN Model 1. Dense layers with activations
    and dropouts of their own: the search of its sequel (`arborisk.studies.tune.space`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    feature_maps: tuple[Count, ...] = Field(default=(64, 128, 128, 256, 256), min_length=1)
    """Feature maps of each convolutional layer; its length is the number of layers."""
    kernel_sizes: tuple[Count, ...] = Field(default=(7, 3), min_length=1)
    """Side of each layer's kernel, in pixels. The last value serves all further layers."""
    strides: tuple[Count, ...] = Field(default=(2, 1), min_length=1)
    """Stride of each layer, in pixels. The last value serves all further layers."""
    pooling: Pooling = "max"
    """How a pooling window becomes one number."""
    pool_size: Count = 2
    """Side and stride of the pooling window, in pixels; 1 means no pooling."""
    pool_after: tuple[Count, ...] | None = None
    """Layers, counted from 1, that a pooling follows; None means the first and then every second
    (1, 3, 5, ...), as in the deck.
    """
    dense: tuple[Count, ...] = (128, 64)
    """Neurons of each hidden dense layer."""
    activation: Activation = "relu"
    """Of every convolutional layer, and of the hidden dense layers unless they have their own."""
    dense_activations: Annotated[tuple[Activation, ...], Field(min_length=1)] | None = None
    """Of each hidden dense layer; None means `activation`.

    The last value serves all further layers.
    """
    dropout: Share | Annotated[tuple[Share, ...], Field(min_length=1)] = 0.5
    """Share of neurons silenced in training after each hidden dense layer, 0 to below 1: one number
    for all, or one a layer. The last value serves all further layers.
    """

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuses values for layers that do not exist."""
        n_layers = len(self.feature_maps)
        for name, values in (("kernel_sizes", self.kernel_sizes), ("strides", self.strides)):
            given = type(self).model_fields[name].default != values
            if given and len(values) > n_layers:
                raise ValueError(
                    f"{name} has {len(values)} values for {n_layers} convolutional layers; "
                    f"give at most {n_layers}"
                )
        for name, each in (
            ("dense_activations", self.dense_activations or ()),
            ("dropout", self.dropout if isinstance(self.dropout, tuple) else ()),
        ):
            if len(each) > len(self.dense):
                raise ValueError(
                    f"{name} has {len(each)} values for {len(self.dense)} hidden dense layers; "
                    f"give at most {len(self.dense)}"
                )
        if self.pool_after is not None and max(self.pool_after, default=0) > n_layers:
            raise ValueError(
                f"pool_after names layer {max(self.pool_after)} of {n_layers} convolutional "
                f"layers; give numbers from 1 to {n_layers}"
            )
        return self

    @property
    def poolings(self) -> tuple[int, ...]:
        """Layers, counted from 1, that a pooling follows."""
        if self.pool_after is None:
            return tuple(range(1, len(self.feature_maps) + 1, 2))
        return self.pool_after

    def kernel_of(self, layer: int) -> int:
        """Side of the kernel of a layer counted from 1, in pixels."""
        return self.kernel_sizes[min(layer, len(self.kernel_sizes)) - 1]

    def stride_of(self, layer: int) -> int:
        """Stride of a layer counted from 1, in pixels."""
        return self.strides[min(layer, len(self.strides)) - 1]

    def dense_activation_of(self, layer: int) -> Activation:
        """Activation of a hidden dense layer counted from 1."""
        each = self.dense_activations or (self.activation,)
        return each[min(layer, len(each)) - 1]

    def dropout_of(self, layer: int) -> float:
        """Share silenced after a hidden dense layer counted from 1."""
        if not isinstance(self.dropout, tuple):
            return self.dropout
        return self.dropout[min(layer, len(self.dropout)) - 1]


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
        n_classes: Number of classes.
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
