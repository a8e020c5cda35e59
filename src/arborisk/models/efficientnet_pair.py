"""EfficientNet-Lite0 and Lite2 side by side, each seen at two depths. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import torch
from torch import Tensor, nn

from arborisk.errors import SettingsError
from arborisk.models.efficientnet_lite import lite_stages
from arborisk.models.heads import make_head
from arborisk.models.network import Network
from arborisk.models.settings import Output

PAIR_PARTS = (1280, 112, 1280, 120)
"""Lengths of the parts of an embedding: last map and middle map of Lite0, then of Lite2."""
REDUCTION = 32  # sides of the last map are this many times smaller than the picture's


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

    def __init__(
        self,
        bodies: Sequence[nn.Module],
        *,
        n_classes: int,
        channels: int,
        size: int,
        output: Output = "nominal",
    ) -> None:
        if size % REDUCTION:
            raise SettingsError(
                f"a picture whose side is a multiple of {REDUCTION} px",
                f"{size} px",
                "size of efficientnet_pair",
                "Use 224, the side it was chosen at, or for example 192 or 256.",
            )
        super().__init__(n_classes=n_classes, channels=channels, size=size)
        self.bodies = nn.ModuleList(bodies)
        self.head = make_head(output, sum(PAIR_PARTS), n_classes)

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
            middle, last = _two_maps(body, colour)
            maps += [nn.functional.interpolate(last, scale_factor=2.0, mode="nearest"), middle]
        return torch.cat(maps, dim=1)

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 2792)."""
        return feature_map.mean(dim=(2, 3))


def _two_maps(body: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The last map at a sixteenth of the picture's side, and the last map of all."""
    activate = body._swish
    signal = activate(body._bn0(body._conv_stem(pictures)))  # type: ignore[operator]
    middle = signal
    for block in body._blocks:  # type: ignore[union-attr]
        before, signal = signal, block(signal)
        if signal.shape[-1] < before.shape[-1]:
            middle = before  # the last halving comes after the sixteenth
    return middle, activate(body._bn1(body._conv_head(signal)))  # type: ignore[operator]
