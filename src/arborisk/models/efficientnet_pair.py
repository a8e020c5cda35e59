"""EfficientNet-Lite0 and Lite2 side by side, each seen at two depths. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import torch
from torch import Tensor, nn

from arborisk.models.efficientnet_lite import check_halvings, lite_maps, lite_stages
from arborisk.models.heads import make_head
from arborisk.models.network import Network
from arborisk.models.settings import Output


class EfficientNetPair(Network):
    """Two pretrained bodies under one last layer.

    Of each body two maps are used: the last one, of what is in the picture, and the last one at a
    sixteenth of the picture's side, of textures and small parts. Their means over the picture,
    side by side, are the embedding. What this gains is measured in
    docs/decisions/0006-default-features.md.

    Args:
        bodies: Lite0 and Lite2, from their package; several heads may share them.
        n_classes: Classes told apart.
        channels: 1 (grey, shown as three equal channels) or 3 (colour).
        size: Side of the input picture, in pixels: a multiple of 32.
        output: Kind of the last layer.

    Raises:
        SettingsError: The size is no multiple of 32, so that the maps of a body do not align.
    """

    depths = (("last maps", 1280), ("middle maps", 112), ("last maps", 1280), ("middle maps", 120))

    def __init__(
        self,
        bodies: Sequence[nn.Module],
        *,
        n_classes: int,
        channels: int,
        size: int,
        output: Output = "nominal",
    ) -> None:
        check_halvings(size, "efficientnet_pair")
        super().__init__(n_classes=n_classes, channels=channels, size=size)
        self.bodies = nn.ModuleList(bodies)
        self.head = make_head(output, sum(length for _, length in self.depths), n_classes)

    def stages(self) -> Sequence[nn.Module]:
        """Blocks of both bodies at the same distance from their ends, first to last."""
        parts = [lite_stages(body)[::-1] for body in self.bodies]
        pairs = zip_longest(*parts, fillvalue=None)
        joined = [nn.ModuleList(part for part in pair if part is not None) for pair in pairs]
        return joined[::-1]

    def features(self, pictures: Tensor) -> Tensor:
        """All maps at a sixteenth of the picture's side, shape (n, 2792, size / 16, size / 16).

        The last maps are half as wide; each of their numbers stands four times, which leaves their
        means as they are.
        """
        colour = pictures.expand(-1, 3, -1, -1)
        maps = []
        for body in self.bodies:
            *_, middle, last = lite_maps(body, colour)
            maps += [nn.functional.interpolate(last, scale_factor=2.0, mode="nearest"), middle]
        return torch.cat(maps, dim=1)

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 2792)."""
        return feature_map.mean(dim=(2, 3))
