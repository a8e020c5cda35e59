"""Last layers: nominal, and two that know the order of the classes. Needs torch.

Each gives logits whose softmax is the probability of each class, so that losses, averaging, export
and prediction need not know which one it is. The ordinal ones give the log-probabilities
themselves, of which the softmax is the identity.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from arborisk.models.settings import Output


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
        n_classes: Classes told apart.
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
