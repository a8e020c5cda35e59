"""GoogLeNet, under the names that torchvision's weight files use. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

import torch
from torch import Tensor, nn

from arborisk.models.network import Network, make_head
from arborisk.models.settings import Output

EMBEDDING_SIZE = 1024
AUXILIARY_WEIGHT = 0.3
"""Share of an auxiliary's loss. Source: Szegedy et al. (2015), section 5."""
DROPOUT = 0.2  # before the last layer: Szegedy et al. (2015) give 40 %, torchvision takes 20 %
AUXILIARY_DROPOUT = 0.7  # Szegedy et al. (2015), section 5


class ConvolutionUnit(nn.Module):
    """A convolution, its batch normalisation and a ReLU.

    The paper came before batch normalisation; torchvision and its weights have it, as Ioffe and
    Szegedy (2015) did.

    Args:
        maps_in: Feature maps that come in.
        maps_out: Feature maps that leave.
        kernel: Side of the kernel, in pixels, odd.
        stride: In pixels.
    """

    def __init__(self, maps_in: int, maps_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(maps_in, maps_out, kernel, stride, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(maps_out, eps=0.001)

    def forward(self, maps: Tensor) -> Tensor:
        """Shape (n, maps_in, h, w) to (n, maps_out, h / stride, w / stride)."""
        return torch.relu(self.bn(self.conv(maps)))


class Inception(nn.Module):
    """Four ways side by side: 1x1; 1x1 and 3x3; 1x1 and a larger one; pooling and 1x1.

    The larger one is 5x5 in the paper. It is 3x3 here, as in torchvision, whose weights have that
    shape (pytorch/vision issue 906).

    Args:
        maps_in: Feature maps that come in.
        one: Maps of the first way.
        three: Maps of the second way, before and in its 3x3 convolution.
        five: Maps of the third way, before and in its larger convolution.
        pooled: Maps of the fourth way.

    Source: Szegedy et al. (2015), figure 2 (b).
    """

    def __init__(
        self, maps_in: int, one: int, three: tuple[int, int], five: tuple[int, int], pooled: int
    ) -> None:
        super().__init__()
        self.branch1 = ConvolutionUnit(maps_in, one, 1)
        self.branch2, self.branch3 = (
            nn.Sequential(ConvolutionUnit(maps_in, few, 1), ConvolutionUnit(few, more, 3))
            for few, more in (three, five)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True),
            ConvolutionUnit(maps_in, pooled, 1),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Shape (n, maps_in, h, w) to (n, sum of the four ways' maps, h, w)."""
        ways = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([way(maps) for way in ways], dim=1)


class Auxiliary(nn.Module):
    """A small classifier on a map halfway, which helps the early layers to learn.

    Args:
        maps_in: Feature maps that come in.
        n_classes: Number of classes.
        output: Kind of its last layer.

    Source: Szegedy et al. (2015), section 5. The pooling adapts to any size of map, as in
    torchvision; it leaves 4 x 4, as the paper's does at 224 px.
    """

    def __init__(self, maps_in: int, n_classes: int, output: Output) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.conv = ConvolutionUnit(maps_in, 128, 1)
        self.fc1 = nn.Linear(4 * 4 * 128, 1024)
        self.dropout = nn.Dropout(AUXILIARY_DROPOUT)
        self.fc2 = make_head(output, 1024, n_classes)

    def forward(self, maps: Tensor) -> Tensor:
        """Logits, shape (n, n_classes), of maps, shape (n, maps_in, h, w)."""
        flat = self.conv(self.pool(maps)).flatten(1)
        return cast(Tensor, self.fc2(self.dropout(torch.relu(self.fc1(flat)))))


class GoogLeNet(Network):
    """22 layers with weights in a row: three convolutions, nine inception blocks of two, and one.

    Two auxiliary classifiers take part in training; predictions, embeddings and exports never pass
    through them.

    Convolutions start as those of `arborisk.models.resnet50`. Torchvision starts them with a spread
    of 0.01, far from where they end, so that the averages kept by batch normalisation lag behind
    and a short training ends at chance: after 24 steps on a task of telling left from right, 50 %
    right against 100 %.

    Args:
        n_classes: Number of classes.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels; the published weights were fitted at 224.
        output: Kind of the last layer, and of the auxiliaries'.

    Source: Szegedy et al. (2015), Going deeper with convolutions, CVPR, 1-9, table 1. Start of the
    weights: He et al. (2015), ICCV, 1026-1034.
    """

    head_name: ClassVar[str] = "fc"
    training_only: ClassVar[tuple[str, ...]] = ("aux1", "aux2")

    def __init__(
        self, *, n_classes: int, channels: int, size: int, output: Output = "nominal"
    ) -> None:
        super().__init__(n_classes=n_classes, channels=channels, size=size)
        self.conv1 = ConvolutionUnit(channels, 64, 7, stride=2)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = ConvolutionUnit(64, 64, 1)
        self.conv3 = ConvolutionUnit(64, 192, 3)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = Inception(192, 64, (96, 128), (16, 32), 32)
        self.inception3b = Inception(256, 128, (128, 192), (32, 96), 64)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = Inception(480, 192, (96, 208), (16, 48), 64)
        self.inception4b = Inception(512, 160, (112, 224), (24, 64), 64)
        self.inception4c = Inception(512, 128, (128, 256), (24, 64), 64)
        self.inception4d = Inception(512, 112, (144, 288), (32, 64), 64)
        self.inception4e = Inception(528, 256, (160, 320), (32, 128), 128)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.inception5a = Inception(832, 256, (160, 320), (32, 128), 128)
        self.inception5b = Inception(832, 384, (192, 384), (48, 128), 128)
        self.aux1 = Auxiliary(512, n_classes, output)
        self.aux2 = Auxiliary(528, n_classes, output)
        self.dropout = nn.Dropout(DROPOUT)
        self.fc = make_head(output, EMBEDDING_SIZE, n_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def stages(self) -> Sequence[nn.Module]:
        """Three convolutions and nine inception blocks; an auxiliary goes with the block it hears.

        So an auxiliary is learnt when, and only when, its loss can reach what it is there to help.
        """
        return [
            *(self.conv1, self.conv2, self.conv3),
            *(self.inception3a, self.inception3b),
            nn.ModuleList([self.inception4a, self.aux1]),
            *(self.inception4b, self.inception4c),
            nn.ModuleList([self.inception4d, self.aux2]),
            *(self.inception4e, self.inception5a, self.inception5b),
        ]

    def features(self, pictures: Tensor) -> Tensor:
        """Map of the last inception block, shape (n, 1024, size / 32, size / 32), rounded up."""
        return self._to_5b(self._to_4d(self._to_4a(pictures)))

    def pool(self, feature_map: Tensor) -> Tensor:
        """Mean over the map, shape (n, 1024); in training a fifth of it is silenced."""
        return cast(Tensor, self.dropout(feature_map.mean(dim=(2, 3))))

    def training_logits(self, pictures: Tensor) -> list[tuple[Tensor, float]]:
        """The main logits, and those of the auxiliaries that are in training.

        Args:
            pictures: As for `forward`.
        """
        after_4a = self._to_4a(pictures)
        after_4d = self._to_4d(after_4a)
        logits = [(self.fc(self.pool(self._to_5b(after_4d))), 1.0)]
        for auxiliary, maps in ((self.aux1, after_4a), (self.aux2, after_4d)):
            if auxiliary.training:
                logits.append((auxiliary(maps), AUXILIARY_WEIGHT))
        return logits

    def _to_4a(self, pictures: Tensor) -> Tensor:
        """Where the first auxiliary listens, shape (n, 512, size / 16, size / 16)."""
        maps = self.maxpool1(self.conv1(pictures))
        maps = self.maxpool2(self.conv3(self.conv2(maps)))
        maps = self.maxpool3(self.inception3b(self.inception3a(maps)))
        return cast(Tensor, self.inception4a(maps))

    def _to_4d(self, maps: Tensor) -> Tensor:
        """Where the second auxiliary listens, shape (n, 528, size / 16, size / 16)."""
        return cast(Tensor, self.inception4d(self.inception4c(self.inception4b(maps))))

    def _to_5b(self, maps: Tensor) -> Tensor:
        """Map of the last inception block."""
        return cast(
            Tensor, self.inception5b(self.inception5a(self.maxpool4(self.inception4e(maps))))
        )
