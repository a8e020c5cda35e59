"""The network that tells the parts of a photo: a pretrained body, and a small head on many depths.

Which body, and where its weights are: `arborisk.explanation.parts.session`. Needs torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from arborisk.explanation.parts.part_map import PARTS

STRIDES: Final = (2, 4, 8, 16, 32)
"""Pixels a cell at each depth."""
CHANNELS: Final = (16, 24, 40, 112, 320)
"""Maps at each depth: the last ones of that size, before the body's final convolution."""
PATCH_PX: Final = 7
"""Side of the square of raw colours around a pixel that the head sees: what tells a twig from the
gap beside it is gone from the body's maps."""
WIDTHS: Final = (80, 48)
"""Numbers a pixel in the head's two hidden layers."""


class PartHead(nn.Module):
    """Hidden layers over all depths, raw colours and the place in the picture.

    The coarse maps are first made fewer, then enlarged: the same result as the other way round,
    at a fraction of the time.
    """

    def __init__(self) -> None:
        super().__init__()
        wide, narrow = WIDTHS
        self.depths = nn.ModuleList(nn.Conv2d(n, wide, 1, bias=False) for n in CHANNELS)
        self.colours = nn.Conv2d(3, wide, PATCH_PX)
        self.place = nn.Conv2d(2, wide, 1, bias=False)
        self.second = nn.Conv2d(wide, narrow, 1)
        self.last = nn.Conv2d(narrow, len(PARTS), 1)

    def forward(self, levels: Sequence[Tensor], pictures: Tensor) -> Tensor:
        """Log-odds of the parts, shape (n, n_parts, height, width).

        Args:
            levels: Maps of each depth, fine to coarse, shape (n, channels, height / stride, ...).
            pictures: Scaled colours, shape (n, 3, height, width).
        """
        signal = self.depths[-1](levels[-1])
        for depth, level in zip(self.depths[-2::-1], levels[-2::-1], strict=True):
            signal = depth(level) + twice_as_fine(signal)
        signal = signal + self.place(places(levels[0]))
        signal = functional.interpolate(signal, scale_factor=2.0, mode="nearest")
        margin = PATCH_PX // 2
        around = functional.pad(pictures, (margin,) * 4, mode="replicate")
        signal = signal + self.colours(around)
        return cast(Tensor, self.last(self.second(signal.relu()).relu()))


class PartNetwork(nn.Module):
    """Bytes of a picture to probabilities of parts.

    Args:
        body: EfficientNet-Lite0 with ImageNet weights, see
            `arborisk.models.efficientnet_lite.pretrained_lite`, built for a size whose sides are
            even at every depth, such as 512.
        head: The small head.
    """

    def __init__(self, body: nn.Module, head: PartHead) -> None:
        super().__init__()
        self.body = body
        self.head = head

    def forward(self, photos: Tensor) -> Tensor:
        """Probability of each part, shape (n, n_parts, height, width).

        Args:
            photos: Bytes, shape (n, height, width, 3), sides multiples of 32.
        """
        pictures = scaled(photos)
        return self.head(levels_of(self.body, pictures), pictures).softmax(dim=1)  # type: ignore[no-any-return]


def scaled(photos: Tensor) -> Tensor:
    """Colours as the body expects them, channels first, of bytes (n, height, width, 3).

    Source: EfficientNet-Lite (2020), input ``(x - 127) / 128``.
    """
    return (photos.permute(0, 3, 1, 2).float() - 127) / 128


def levels_of(body: nn.Module, pictures: Tensor) -> list[Tensor]:
    """The last maps of each size inside the body, fine to coarse; channels as in `CHANNELS`."""
    activate = body._swish
    signal = activate(body._bn0(body._conv_stem(pictures)))  # type: ignore[operator]
    levels: list[Tensor] = []
    for block, strided in zip(body._blocks, _strides(body), strict=True):  # type: ignore[arg-type]
        if strided:
            levels.append(signal)
        signal = block(signal)
    return [*levels, signal]


def _strides(body: nn.Module) -> list[bool]:
    """Whether each block halves the maps."""
    return [block._depthwise_conv.stride[0] > 1 for block in body._blocks]  # type: ignore[union-attr]


def twice_as_fine(maps: Tensor) -> Tensor:
    """Maps enlarged to twice the side, each value staying over the pixels that it was made of.

    The body pads on the right and at the bottom alone, so that cell k of a level is centred on cell
    2 k + 1 of the finer one: cell j of the result lies at (j - 1) / 2.
    """
    height, width = maps.shape[2:]
    before = functional.pad(maps, (1, 0, 1, 0), mode="replicate")
    size = (2 * height + 1, 2 * width + 1)
    enlarged = functional.interpolate(before, size=size, mode="bilinear", align_corners=True)
    return enlarged[:, :, 1:, 1:]


def places(maps: Tensor) -> Tensor:
    """Height in the picture and distance from its middle line, each from -1 or 0 to 1.

    Shape (n, 2, height, width).
    """
    n, _, height, width = maps.shape
    down = torch.linspace(-1, 1, height).to(maps).reshape(1, 1, height, 1)
    aside = torch.linspace(-1, 1, width).to(maps).abs().reshape(1, 1, 1, width)
    shape = (n, 1, height, width)
    return torch.cat([down.expand(shape), aside.expand(shape)], dim=1)
