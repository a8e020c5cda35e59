"""What every network here can do: map, embedding, logits. Needs torch."""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Self, cast

import torch
from torch import Tensor, nn

from arborisk.models.settings import Output, TestViews
from arborisk.preprocess.settings import PreprocessSettings


class Network(nn.Module, ABC):
    """A classifier in three steps, so that each can be looked at and exported.

    `features` keeps a picture's plane, for explanation; `pool` makes one embedding a photo, for
    likeness; `classifier` gives the logits that a softmax turns into probabilities.

    Attributes:
        head_name: Name of the classifier among the weights; published files fix it ("fc").
        training_only: Names of modules that take part in training alone: no bundle holds them.
        depths: Depth, in words, and length of each part that an embedding is made of, in their
            order; empty where it is one part, of the last layer.
        n_classes: Number of classes.
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
        """The last layer, from embedding to logits: see `arborisk.models.network`."""
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


class CumulativeLink(nn.Module):
    """One score against ordered thresholds: P(class > k) = sigmoid(score - threshold_k).

    Args:
        n_features: Length of an embedding.
        n_classes: Classes in ascending order, at least 2.

    Source: McCullagh (1980), Journal of the Royal Statistical Society B 42(2), 109-142
    (proportional odds).
    """

    def __init__(self, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.score = nn.Linear(n_features, 1, bias=False)
        even = torch.arange(1, n_classes) / n_classes  # all classes alike at a score of 0
        thresholds = torch.logit(even)
        self.first = nn.Parameter(thresholds[:1].clone())
        # Steps are kept as logarithms, so that the thresholds stay in order.
        self.log_steps = nn.Parameter((thresholds[1:] - thresholds[:-1]).log())

    @property
    def thresholds(self) -> Tensor:
        """Ascending, shape (n_classes - 1,)."""
        return torch.cat([self.first, self.first + self.log_steps.exp().cumsum(dim=0)])

    def forward(self, embedding: Tensor) -> Tensor:
        """Log-probabilities, shape (n, n_classes), of embeddings, shape (n, n_features)."""
        distance = self.score(embedding) - self.thresholds
        above, below = log_sigmoid(distance), log_sigmoid(-distance)
        if len(self.log_steps) == 0:  # two classes; the exporter fails on what is empty
            return torch.cat([below, above], dim=1)
        # sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)), and a - b is a step
        between = above[:, :-1] + below[:, 1:] + _log_one_minus_exp(self.log_steps)
        return torch.cat([below[:, :1], between, above[:, -1:]], dim=1)


class Corn(nn.Module):
    """One yes-or-no question a step: P(class > k, given class >= k) = sigmoid(logit_k).

    The cross-entropy of the class probabilities is then the loss of the conditional questions.

    Args:
        n_features: Length of an embedding.
        n_classes: Classes in ascending order, at least 2.

    Source: Shi, Cao and Raschka (2023), Pattern Analysis and Applications 26, 941-955 (CORN).
    """

    def __init__(self, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.questions = nn.Linear(n_features, n_classes - 1)

    def forward(self, embedding: Tensor) -> Tensor:
        """Log-probabilities, shape (n, n_classes), of embeddings, shape (n, n_features)."""
        logits = self.questions(embedding)
        passed = log_sigmoid(logits).cumsum(dim=1)
        stopped = log_sigmoid(-logits)
        stopped = torch.cat([stopped[:, :1], stopped[:, 1:] + passed[:, :-1]], dim=1)
        return torch.cat([stopped, passed[:, -1:]], dim=1)


def make_head(output: Output, n_features: int, n_classes: int) -> nn.Module:
    """The last layer of that name.

    Args:
        output: See `arborisk.models.settings.Output`.
        n_features: Length of an embedding.
        n_classes: Number of classes.
    """
    match output:
        case "nominal":
            return nn.Linear(n_features, n_classes)
        case "cumulative_link":
            return CumulativeLink(n_features, n_classes)
        case "corn":
            return Corn(n_features, n_classes)


def log_sigmoid(logits: Tensor) -> Tensor:
    """log(sigmoid(x)), finite for every finite x.

    Torch's own is exported as a logarithm of a sigmoid, which is -infinity from x = -104 on.
    """
    return -nn.functional.softplus(-logits)


def _log_one_minus_exp(log_steps: Tensor) -> Tensor:
    """log(1 - exp(-step)) of the logarithm of a step: finite, and its gradient too, for any step.

    For small steps it is log(step) + log((1 - exp(-step)) / step), of which nothing vanishes;
    1 - exp(-step) = 2 t / (1 + t) with t = tanh(step / 2), since the exporter knows no expm1.
    """
    small = log_steps.clamp(max=0.0)
    half = small.clamp(min=-30.0).exp() / 2
    tanh = half.tanh()
    of_small = small + (tanh / half).log() - torch.log1p(tanh)
    of_large = torch.log1p(-torch.exp(-log_steps.clamp(min=0.0, max=50.0).exp()))
    return torch.where(log_steps < 0, of_small, of_large)


class PixelScaling(nn.Module):
    """Raw pictures to normalised ones; the one place where this is done, export included.

    Args:
        preprocess: Says what is subtracted from each byte, and by what it is divided.
    """

    means: Tensor
    divisors: Tensor

    def __init__(self, preprocess: PreprocessSettings) -> None:
        super().__init__()
        for name, values in (("means", preprocess.means), ("divisors", preprocess.divisors)):
            column = torch.tensor(values, dtype=torch.float32).reshape(1, -1, 1, 1)
            self.register_buffer(name, column, persistent=False)

    def forward(self, photos: Tensor) -> Tensor:
        """Normalised pictures.

        Args:
            photos: Bytes 0 to 255 of any number type, shape (n, size, size, channels).

        Returns:
            float32, shape (n, channels, size, size).
        """
        return (photos.permute(0, 3, 1, 2).to(torch.float32) - self.means) / self.divisors


ZOOM_BORDER = 16
"""The middle leaves out one such part of the side at each edge: 7/8 of the side stays."""


def views_of(pictures: Tensor, views: TestViews) -> list[Tensor]:
    """The views of each picture, the picture itself first.

    Args:
        pictures: Normalised float32, shape (n, channels, size, size).
        views: Which ones, see `arborisk.models.settings.TestViews`.

    Returns:
        One tensor a view (1, 2 or 4 of them), each of the shape of `pictures`.
    """
    if views == "one":
        return [pictures]
    pair = [pictures, mirrored(pictures)]
    if views == "mirror":
        return pair
    return [*pair, *(middle(each) for each in pair)]


def mirrored(pictures: Tensor) -> Tensor:
    """Left and right exchanged, shape (n, channels, size, size)."""
    return torch.flip(pictures, dims=[3])


def middle(pictures: Tensor) -> Tensor:
    """The middle 7/8 of each side, enlarged to the whole size, shape (n, channels, size, size).

    The border is a whole number of pixels, the same at each edge; below 8 px there is none.
    """
    size = pictures.shape[-1]
    border = int(size / ZOOM_BORDER + 0.5)
    inner = pictures[:, :, border : size - border, border : size - border]
    return nn.functional.interpolate(inner, size=(size, size), mode="bilinear", align_corners=False)


def mean_log_probability(logits: Tensor) -> Tensor:
    """Log of the mean of softmax probabilities, shape (n, k), of logits of shape (m, n, k)."""
    each = torch.log_softmax(logits, dim=2)
    return torch.logsumexp(each, dim=0) - math.log(len(logits))


def view_log_probability(network: nn.Module, pictures: Tensor, views: TestViews) -> Tensor:
    """Log-probability of each class, averaged in probability over the views.

    Args:
        network: Gives logits, shape (n, k), of pictures; not changed.
        pictures: Normalised float32, shape (n, channels, size, size).
        views: Which ones.

    Returns:
        Shape (n, k); its exponentials sum to 1 in each row.
    """
    return mean_log_probability(torch.stack([network(view) for view in views_of(pictures, views)]))
