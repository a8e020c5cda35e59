"""What every network here can do: map, embedding, logits. Needs torch."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Self, cast

from torch import Tensor, nn


class Network(nn.Module, ABC):
    """A classifier in three steps, so that each can be looked at and exported.

    `features` keeps a picture's plane, for explanation; `pool` makes one embedding a photo, for
    likeness; `classifier` gives the logits that a softmax turns into probabilities.

    Attributes:
        head_name: Name of the classifier among the weights; published files fix it ("fc").
        training_only: Names of modules that take part in training alone: no bundle holds them.
        depths: Depth, in words, and length of each part that an embedding is made of, in their
            order; empty where it is one part, of the last layer.
        n_classes: Classes told apart.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
    """

    head_name: ClassVar[str] = "head"
    training_only: ClassVar[tuple[str, ...]] = ()
    depths: ClassVar[tuple[tuple[str, int], ...]] = ()

    def __init__(self, *, n_classes: int, channels: int, size: int) -> None:
        super().__init__()
        self.n_classes = n_classes
        self.channels = channels
        self.size = size

    @property
    def classifier(self) -> nn.Module:
        """The last layer, from embedding to logits: see `arborisk.models.heads`."""
        return self.get_submodule(self.head_name)

    @abstractmethod
    def stages(self) -> Sequence[nn.Module]:
        """The modules below the classifier that hold weights, first to last.

        Fine-tuning "the last stages" thaws the end of this list.
        """

    @abstractmethod
    def features(self, pictures: Tensor) -> Tensor:
        """Feature map of the last convolution.

        Args:
            pictures: Normalised float32, shape (n, channels, size, size).

        Returns:
            Shape (n, maps, height, width).
        """

    @abstractmethod
    def pool(self, feature_map: Tensor) -> Tensor:
        """Embedding of each photo.

        Args:
            feature_map: From `features`, shape (n, maps, height, width).

        Returns:
            Shape (n, embedding size).
        """

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits.

        Args:
            pictures: Normalised float32, shape (n, channels, size, size).

        Returns:
            Shape (n, n_classes).
        """
        return cast(Tensor, self.classifier(self.pool(self.features(pictures))))

    def with_classifier(self, classifier: nn.Module) -> Self:
        """The same network under another last layer; the body is shared, not copied."""
        other = copy.copy(self)
        other._modules = {**self._modules, self.head_name: classifier}
        return other

    def training_logits(self, pictures: Tensor) -> list[tuple[Tensor, float]]:
        """What is learnt from: logits with the weight of their loss.

        One pair, but for networks with auxiliary classifiers.

        Args:
            pictures: As for `forward`.
        """
        return [(self(pictures), 1.0)]
