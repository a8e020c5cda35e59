"""One EfficientNet-Lite seen at three depths. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from arborisk.models.efficientnet_lite import check_halvings, lite_maps, lite_stages
from arborisk.models.heads import make_head
from arborisk.models.network import Network
from arborisk.models.settings import Output

SQUARES_OF = 4.0
"""The middle map is divided by this before it is squared, so that its squares spread over park
photos about as much as the other parts: distances between embeddings then speak of all of them."""


class EfficientNetDepths(Network):
    """A pretrained Lite2 under one last layer that reads its maps at three depths.

    The last map tells what is in the picture, the last map at a sixteenth of the picture's side
    textures and small parts, the last one at an eighth edges and colours. Of the middle map the
    squares are read too: with the mean they say how much a texture varies over the picture. The
    means over the picture, side by side, are the embedding: one pass, and still a sum over places,
    so that exact maps of what spoke for a class remain. What each part gains is measured in
    docs/decisions/0013-skill.md.

    Args:
        backbone: Lite2, from its package; several heads may share it.
        n_classes: Classes told apart.
        channels: 1 (grey, shown as three equal channels) or 3 (colour).
        size: Side of the input picture, in pixels: a multiple of 32.
        output: Kind of the last layer.

    Raises:
        SettingsError: The size is no multiple of 32, so that the maps do not align.
    """

    depths = (("last maps", 1280), ("middle maps", 120), ("middle maps", 120), ("early maps", 48))

    def __init__(
        self,
        backbone: nn.Module,
        *,
        n_classes: int,
        channels: int,
        size: int,
        output: Output = "nominal",
    ) -> None:
        check_halvings(size, "efficientnet_depths")
        super().__init__(n_classes=n_classes, channels=channels, size=size)
        self.head = make_head(output, sum(length for _, length in self.depths), n_classes)
        self.backbone = backbone

    def stages(self) -> Sequence[nn.Module]:
        """The stem, each block, and the last convolution."""
        return lite_stages(self.backbone)

    def features(self, pictures: Tensor) -> Tensor:
        """All maps at a sixteenth of the picture's side, shape (n, 1568, size / 16, size / 16).

        Each number of the last map stands four times, and of the early map four are averaged: both
        leave the means as they are.
        """
        *_, early, middle, last = lite_maps(self.backbone, pictures.expand(-1, 3, -1, -1))
        finer = nn.functional.interpolate(last, scale_factor=2.0, mode="nearest")
        coarser = nn.functional.avg_pool2d(early, 2)
        return torch.cat([finer, middle, (middle / SQUARES_OF) ** 2, coarser], dim=1)

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 1568)."""
        return feature_map.mean(dim=(2, 3))
