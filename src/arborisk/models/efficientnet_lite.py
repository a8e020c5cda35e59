"""EfficientNet-Lite0, 1 and 2, with ImageNet weights from small packages or from scratch.

Needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from arborisk.errors import MissingDependencyError
from arborisk.models.heads import make_head
from arborisk.models.network import Network
from arborisk.models.packaged_weights import packaged_path
from arborisk.models.settings import Output

EMBEDDING_SIZE = 1280
DROP_CONNECT = 0.2  # share of block outputs left out when all is trained from scratch


class EfficientNetLite(Network):
    """An EfficientNet-Lite under one last layer.

    A grey picture is shown as three equal channels, since the weights expect colour.

    Args:
        backbone: The package's network; several heads may share it.
        n_classes: Classes told apart.
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
        """Mean over the map, shape (n, 1280)."""
        return feature_map.mean(dim=(2, 3))


def lite_stages(body: nn.Module) -> list[nn.Module]:
    """The stem, each block, and the last convolution of a body."""
    stem = nn.ModuleList([body._conv_stem, body._bn0])  # type: ignore[list-item]
    last = nn.ModuleList([body._conv_head, body._bn1])  # type: ignore[list-item]
    return [stem, *body._blocks, last]  # type: ignore[misc]


def fresh_lite(model: str, *, size: int, drop_connect: float = DROP_CONNECT) -> nn.Module:
    """A body with weights drawn at random, without its ImageNet classes.

    Args:
        model: ``efficientnet_lite0``, ``efficientnet_lite1`` or ``efficientnet_lite2``.
        size: Side of the input picture, in pixels; it fixes the padding of every layer.
        drop_connect: Share of block outputs that training leaves out.

    Raises:
        MissingDependencyError: The package is not installed; names the extra.
    """
    try:
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise MissingDependencyError(
            "efficientnet_lite_pytorch", "train", f"the model {model}"
        ) from error
    body = EfficientNet.from_name(
        model.replace("_", "-"), image_size=size, drop_connect_rate=drop_connect, num_classes=1
    )
    body._fc = nn.Identity()  # the ImageNet classes are of no use here
    return cast(nn.Module, body)


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
    body = fresh_lite(model, size=size, drop_connect=0.0)
    body.load_state_dict({key: value for key, value in state.items() if not key.startswith("_fc.")})
    return body.eval()
