"""Model 1: the convolutional network of the deck. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from torch import Tensor, nn

from arborisk.models.network import Network, make_head
from arborisk.models.settings import Model1Settings, Output, model1_shapes

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


class Model1(Network):
    """Convolutions, poolings and dense layers as the settings say; the softmax is in the loss.

    The weights start as Keras starts them (Glorot uniform, biases zero), since the deck's network
    was drawn by Keras; torch's own start is smaller.

    Args:
        settings: The network's choices.
        n_classes: Number of classes.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
        output: Kind of the last layer.

    Raises:
        SettingsError: The picture is too small for the poolings; says what to change.

    Source: NARS Lab deck (2 December 2020), diagram of CNN Model 1. Start of the weights: Glorot
    and Bengio (2010), AISTATS 9, 249-256, equation 16.
    """

    def __init__(
        self,
        settings: Model1Settings,
        *,
        n_classes: int,
        channels: int,
        size: int,
        output: Output = "nominal",
    ) -> None:
        shapes = model1_shapes(settings, n_classes=n_classes, channels=channels, size=size)
        shape_of = {layer.name: layer.output for layer in shapes}
        n_neurons = [shape_of["flatten"][0], *settings.dense]
        super().__init__(
            n_classes=n_classes,
            channels=channels,
            size=size,
        )
        self.head = make_head(output, n_neurons[-1], n_classes)
        self.convolutions = nn.Sequential()
        self.hidden = nn.Sequential()
        maps, side = channels, size
        last = len(settings.feature_maps)
        for number, maps_out in enumerate(settings.feature_maps, start=1):
            kernel, stride = settings.kernel_of(number), settings.stride_of(number)
            before, after = same_padding(side, kernel, stride)
            self.convolutions.append(nn.ZeroPad2d((before, after, before, after)))
            self.convolutions.append(nn.Conv2d(maps, maps_out, kernel, stride))
            self.convolutions.append(ACTIVATIONS[settings.activation]())
            if number in settings.poolings:
                # The last pooling belongs to `pool`: the map before it is finer to look at.
                part = self.hidden if number == last else self.convolutions
                part.append(POOLINGS[settings.pooling](settings.pool_size))
            maps, side = maps_out, shape_of.get(f"pool_{number}", shape_of[f"conv_{number}"])[0]
        self.hidden.append(nn.Flatten())
        for number, (neurons_in, neurons_out) in enumerate(pairwise(n_neurons), start=1):
            self.hidden.append(nn.Linear(neurons_in, neurons_out))
            self.hidden.append(ACTIVATIONS[settings.dense_activation_of(number)]())
            self.hidden.append(nn.Dropout(settings.dropout_of(number)))
        self.apply(_start_as_keras)

    def stages(self) -> Sequence[nn.Module]:
        """Convolutions, then hidden dense layers."""
        return [self.convolutions, self.hidden]

    def features(self, pictures: Tensor) -> Tensor:
        """Activated map of the last convolutional layer, shape (n, maps, height, width)."""
        return cast(Tensor, self.convolutions(pictures))

    def pool(self, feature_map: Tensor) -> Tensor:
        """Output of the last hidden layer, shape (n, neurons); 64 neurons in the deck's network."""
        return cast(Tensor, self.hidden(feature_map))


def same_padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros added before and after a side so that its output is ``ceil(side / stride)``.

    Keras puts the odd one after: 108 px under a kernel of 7 and a stride of 2 gets 2 and 3. Torch's
    own symmetric padding of 3 gives the same 54 px, but looks at the picture one pixel further up
    and left.

    Args:
        side: In pixels.
        kernel: In pixels.
        stride: In pixels.

    Returns:
        Pixels before, pixels after.

    Source: Keras documentation, ``padding="same"`` (TensorFlow's rule).

    >>> same_padding(108, 7, 2)
    (2, 3)
    """
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


def _start_as_keras(module: nn.Module) -> None:
    """Glorot uniform weights and zero biases, in place."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
