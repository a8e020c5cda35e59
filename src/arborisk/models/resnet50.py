"""ResNet-50, under the names that torchvision's weight files use. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from torch import Tensor, nn

from arborisk.models.network import Network, make_head
from arborisk.models.settings import Output

EMBEDDING_SIZE = 2048
BLOCKS = (3, 4, 6, 3)
"""Blocks in each of the four groups. Source: He et al. (2016), table 1, column of 50 layers."""
EXPANSION = 4  # a block's output has four times the maps of its narrow middle


class Bottleneck(nn.Module):
    """1x1 to fewer maps, 3x3, 1x1 back to more, and the input added to the result.

    A stride is taken by the 3x3 convolution, as torchvision does and its weights expect; the paper
    took it in the first 1x1.

    Args:
        maps_in: Feature maps that come in.
        maps: Feature maps of the narrow middle; four times as many leave.
        stride: Of the 3x3 convolution, in pixels.

    Source: He et al. (2016), figure 5, right.
    """

    def __init__(self, maps_in: int, maps: int, stride: int) -> None:
        super().__init__()
        maps_out = maps * EXPANSION
        self.conv1 = nn.Conv2d(maps_in, maps, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(maps)
        self.conv2 = nn.Conv2d(maps, maps, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(maps)
        self.conv3 = nn.Conv2d(maps, maps_out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(maps_out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or maps_in != maps_out:  # what is added must have the output's shape
            self.downsample = nn.Sequential(
                nn.Conv2d(maps_in, maps_out, 1, stride, bias=False), nn.BatchNorm2d(maps_out)
            )

    def forward(self, maps: Tensor) -> Tensor:
        """Shape (n, maps_in, h, w) to (n, 4 * maps, h / stride, w / stride)."""
        narrow = self.relu(self.bn1(self.conv1(maps)))
        narrow = self.relu(self.bn2(self.conv2(narrow)))
        change = self.bn3(self.conv3(narrow))
        return cast(Tensor, self.relu(change + self.downsample(maps)))


class ResNet50(Network):
    """Residual network of 50 layers with weights.

    Convolutions start normal with the spread of He et al. (2015) for the outputs of a layer
    (``fan_out``), as torchvision does; batch normalisations start as the identity.

    Args:
        n_classes: Number of classes.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels; the published weights were fitted at 224.
        output: Kind of the last layer.

    Source: He, Zhang, Ren and Sun (2016), Deep residual learning for image recognition, CVPR,
    770-778. Start of the weights: He et al. (2015), ICCV, 1026-1034.
    """

    head_name: ClassVar[str] = "fc"

    def __init__(
        self, *, n_classes: int, channels: int, size: int, output: Output = "nominal"
    ) -> None:
        super().__init__(n_classes=n_classes, channels=channels, size=size)
        self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _group(64, 64, BLOCKS[0], stride=1)
        self.layer2 = _group(256, 128, BLOCKS[1], stride=2)
        self.layer3 = _group(512, 256, BLOCKS[2], stride=2)
        self.layer4 = _group(1024, 512, BLOCKS[3], stride=2)
        self.fc = make_head(output, EMBEDDING_SIZE, n_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def stages(self) -> Sequence[nn.Module]:
        """The first convolution, then each of the 16 blocks."""
        groups = (self.layer1, self.layer2, self.layer3, self.layer4)
        blocks = [block for group in groups for block in group]
        return [nn.ModuleList([self.conv1, self.bn1]), *blocks]

    def features(self, pictures: Tensor) -> Tensor:
        """Map of the last block, shape (n, 2048, size / 32, size / 32), rounded up."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(pictures))))
        return cast(Tensor, self.layer4(self.layer3(self.layer2(self.layer1(maps)))))

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 2048)."""
        return feature_map.mean(dim=(2, 3))


def _group(maps_in: int, maps: int, n_blocks: int, *, stride: int) -> nn.Sequential:
    """Blocks of one width; the first takes the stride."""
    later = [Bottleneck(maps * EXPANSION, maps, 1) for _ in range(n_blocks - 1)]
    return nn.Sequential(Bottleneck(maps_in, maps, stride), *later)
