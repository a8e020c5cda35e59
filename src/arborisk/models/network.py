"""What every network here can do: map, embedding, logits. Needs torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import cast

from torch import Tensor, nn


class Network(nn.Module, ABC):
    """A classifier in three steps, so that each can be looked at and exported.

    `features` keeps a picture's plane, for explanation; `pool` makes one embedding a photo, for
    likeness; `head` is the linear layer whose logits a softmax turns into probabilities.

    Attributes:
        n_classes: Classes told apart.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
        head: Linear layer from embedding to logits.
    """

    def __init__(self, *, n_classes: int, channels: int, size: int, head: nn.Linear) -> None:
        super().__init__()
        self.n_classes = n_classes
        self.channels = channels
        self.size = size
        self.head = head

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
        return cast(Tensor, self.head(self.pool(self.features(pictures))))
