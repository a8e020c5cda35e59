"""The network that tells the parts of a photo: a pretrained body, and a small head on many depths.

Which body, and where its weights are: `arborisk.explanation.parts.reader`. Needs torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
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
WIDTHS: Final = (20, 28, 40, 56, 64)
"""Numbers a cell in the head at each depth."""
REACHES: Final = ((5,), (5,), (5, 5), (7, 7), (7, 7))
"""Sides of the squares of cells that are looked at together, one after the other, at each depth: at
the coarsest they span the picture, which tells the main tree from those behind it."""
HIDDEN: Final = (40, 32)
"""Numbers a pixel in the head's two last hidden layers."""


class Around(nn.Module):
    """Adds to each cell what the cells around it say.

    Args:
        width: Numbers a cell.
        reach: Side of the square of cells.
    """

    def __init__(self, width: int, reach: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(width, width, reach, padding=reach // 2, groups=width)
        self.mix = nn.Conv2d(width, width, 1)

    def forward(self, cells: Tensor) -> Tensor:
        """Cells of the same shape, (n, width, height, width of the picture)."""
        return cells + cast(Tensor, self.mix(self.spread(cells.relu()).relu()))


class PartHead(nn.Module):
    """From coarse to fine: each depth adds its maps to what the coarser ones said, looks around.

    At the last, raw colours are added, and each pixel is judged by two small layers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.depths = nn.ModuleList(
            nn.Conv2d(n, width, 1) for n, width in zip(CHANNELS, WIDTHS, strict=True)
        )
        self.whole = nn.Conv2d(WIDTHS[-1], WIDTHS[-1], 1, bias=False)
        self.place = nn.Conv2d(2, WIDTHS[-1], 1, bias=False)
        self.around = nn.ModuleList(
            nn.Sequential(*(Around(width, reach) for reach in reaches))
            for width, reaches in zip(WIDTHS, REACHES, strict=True)
        )
        self.finer = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1, bias=False) for fine, coarse in pairwise(WIDTHS)
        )
        wide, narrow = HIDDEN
        self.first = nn.Conv2d(WIDTHS[0], wide, 1, bias=False)
        self.colours = nn.Conv2d(3, wide, PATCH_PX)
        self.second = nn.Conv2d(wide, narrow, 1)
        self.last = nn.Conv2d(narrow, len(PARTS), 1)

    def forward(self, levels: Sequence[Tensor], pictures: Tensor) -> Tensor:
        """Log-odds of the parts, shape (n, n_parts, height, width).

        Args:
            levels: Maps of each depth, fine to coarse, shape (n, channels, height / stride, ...).
            pictures: Scaled colours, shape (n, 3, height, width).
        """
        signal = self.depths[-1](levels[-1]) + self.place(places(levels[-1]))
        signal = signal + self.whole(signal.relu().mean(dim=(2, 3), keepdim=True))
        signal = self.around[-1](signal)
        for number in range(len(levels) - 2, -1, -1):
            signal = twice_as_fine(self.finer[number](signal)) + self.depths[number](levels[number])
            signal = self.around[number](signal)
        signal = functional.interpolate(self.first(signal), scale_factor=2.0, mode="nearest")
        margin = PATCH_PX // 2
        beyond = functional.pad(pictures, (margin,) * 4, mode="replicate")
        signal = signal + self.colours(beyond)
        return cast(Tensor, self.last(self.second(signal.relu()).relu()))


class PartNetwork(nn.Module):
    """Bytes of a picture to probabilities of parts.

    Args:
        body: EfficientNet-Lite0 with ImageNet weights, see
            `arborisk.models.efficientnet.pretrained_lite`, built for a size whose sides are
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
    down = _from_end_to_end(height).to(maps).reshape(1, 1, height, 1)
    aside = _from_end_to_end(width).to(maps).abs().reshape(1, 1, 1, width)
    shape = (n, 1, height, width)
    return torch.cat([down.expand(shape), aside.expand(shape)], dim=1)


def _from_end_to_end(n: int) -> Tensor:
    """From -1 to 1; -1 alone for one cell, where an exported `torch.linspace` divides by 0."""
    places_ = torch.arange(n, dtype=torch.float32)
    return 2.0 * places_ / places_.amax().clamp(min=1.0) - 1.0
