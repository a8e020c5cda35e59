"""EfficientNet-Lite0, 1 and 2, with ImageNet weights from small packages or from scratch.

Needs torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import cast

import torch
from torch import Tensor, nn

from arborisk.errors import MissingDependencyError, SettingsError
from arborisk.models.network import Network, make_head
from arborisk.models.settings import Output
from arborisk.models.weights import packaged_path

EMBEDDING_SIZE = 1280
REDUCTION = 32  # sides of the last map are this many times smaller than the picture's
DROP_CONNECT = 0.2
"""Share of the last block's outputs that training from scratch leaves out; earlier blocks have
less, in proportion. Source: tensorflow/tpu, efficientnet_lite_builder, as in the package."""
BATCH_NORM_KEPT = 0.9
"""Share that running averages keep a step. Published is 0.99, for some hundred thousand steps: in
the few hundred of a small data set the averages would stay where they started."""


class EfficientNetLite(Network):
    """An EfficientNet-Lite under one last layer.

    A grey picture is shown as three equal channels, since the weights expect colour.

    Args:
        backbone: The package's network; several heads may share it.
        n_classes: Number of classes.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
        output: Kind of the last layer.

    Source: EfficientNet-Lite (2020), Apache-2.0; input ``(x - 127) / 128``.
    """

    def __init__(
        self,
        backbone: nn.Module,
        *,
        n_classes: int,
        channels: int,
        size: int,
        output: Output = "nominal",
    ) -> None:
        super().__init__(n_classes=n_classes, channels=channels, size=size)
        self.head = make_head(output, EMBEDDING_SIZE, n_classes)
        self.backbone = backbone

    def stages(self) -> Sequence[nn.Module]:
        """The stem, each block, and the last convolution."""
        return lite_stages(self.backbone)

    def features(self, pictures: Tensor) -> Tensor:
        """Last feature map, shape (n, 1280, size / 32, size / 32)."""
        colour = pictures.expand(-1, 3, -1, -1)
        return cast(Tensor, self.backbone.extract_features(colour))  # type: ignore[operator]

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 1280); in training from scratch a share is silenced."""
        return cast(Tensor, self.backbone._dropout(feature_map.mean(dim=(2, 3))))  # type: ignore[operator]


def lite_stages(body: nn.Module) -> list[nn.Module]:
    """The stem, each block, and the last convolution of a body."""
    stem = nn.ModuleList([body._conv_stem, body._bn0])  # type: ignore[list-item]
    last = nn.ModuleList([body._conv_head, body._bn1])  # type: ignore[list-item]
    return [stem, *body._blocks, last]  # type: ignore[misc]


def lite_maps(body: nn.Module, pictures: Tensor) -> list[Tensor]:
    """The last map at each size, largest first: 1/2 to 1/16 of the picture's side, and the last.

    Args:
        body: The package's network.
        pictures: Normalised float32, shape (n, 3, size, size).
    """
    activate = body._swish
    signal = activate(body._bn0(body._conv_stem(pictures)))  # type: ignore[operator]
    maps = []
    for block in body._blocks:  # type: ignore[union-attr]
        before, signal = signal, block(signal)
        if signal.shape[-1] < before.shape[-1]:
            maps.append(before)
    return [*maps, activate(body._bn1(body._conv_head(signal)))]  # type: ignore[operator]


def check_halvings(size: int, model: str) -> None:
    """Refuses a side that does not halve evenly down to the last map.

    Args:
        size: Side of the input picture, in pixels.
        model: Name of the model, for the message.

    Raises:
        SettingsError: The side is no multiple of 32.
    """
    if size % REDUCTION:
        raise SettingsError(
            f"a picture whose side is a multiple of {REDUCTION} px",
            f"{size} px",
            f"size of {model}",
            "Use 224, the side it was chosen at, or for example 192 or 256.",
        )


def fresh_lite(model: str, *, size: int) -> nn.Module:
    """A body with weights drawn at random, without its ImageNet classes.

    Dropout is as published. Convolutions start normal with the spread of He et al. (2015) for the
    outputs of a layer, as published too; the package leaves them at torch's smaller start.

    Args:
        model: ``efficientnet_lite0``, ``efficientnet_lite1`` or ``efficientnet_lite2``.
        size: Side of the input picture, in pixels; it fixes the padding of every layer.

    Raises:
        MissingDependencyError: The package is not installed; names the extra.

    Source: tensorflow/tpu, efficientnet_model, ``conv_kernel_initializer``.
    """
    body = _body(model, size, drop_connect_rate=DROP_CONNECT, batch_norm_momentum=BATCH_NORM_KEPT)
    for module in body.modules():
        if isinstance(module, nn.Conv2d):
            kernels_out = module.out_channels // module.groups
            fan_out = module.kernel_size[0] * module.kernel_size[1] * kernels_out
            nn.init.normal_(module.weight, std=math.sqrt(2 / fan_out))
    return body


def pretrained_lite(
    model: str, *, size: int, state: Mapping[str, Tensor] | None = None
) -> nn.Module:
    """A body with ImageNet weights, in evaluation mode.

    Args:
        model: As for `fresh_lite`.
        size: Side of the input picture, in pixels.
        state: Weights by the package's names; None means those of the installed package.

    Raises:
        MissingDependencyError: A package is not installed; names the extra.
        ArboriskError: The weights are not the ones that were checked; reinstall the package.
    """
    if state is None:
        state = torch.load(packaged_path(model), map_location="cpu", weights_only=True)
    # Nothing is left out at random: a few steps of fine-tuning start from a finished network.
    body = _body(model, size, drop_connect_rate=0.0, dropout_rate=0.0)
    body.load_state_dict({key: value for key, value in state.items() if not key.startswith("_fc.")})
    return body.eval()


def _body(model: str, size: int, **changes: float) -> nn.Module:
    """The package's network without its classes, changed where the arguments say so."""
    try:
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise MissingDependencyError(
            "efficientnet_lite_pytorch", "train", f"the model {model}"
        ) from error
    body = EfficientNet.from_name(
        model.replace("_", "-"), image_size=size, num_classes=1, **changes
    )
    body._fc = nn.Identity()  # the ImageNet classes are of no use here
    return cast(nn.Module, body)


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
        n_classes: Number of classes.
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


class EfficientNetPair(Network):
    """Two pretrained bodies under one last layer.

    Of each body two maps are used: the last one, of what is in the picture, and the last one at a
    sixteenth of the picture's side, of textures and small parts. Their means over the picture,
    side by side, are the embedding. What this gains is measured in
    docs/decisions/0006-default-features.md.

    Args:
        bodies: Lite0 and Lite2, from their package; several heads may share them.
        n_classes: Number of classes.
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
