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
        above, below = nn.functional.logsigmoid(distance), nn.functional.logsigmoid(-distance)
        # log(sigmoid(a) - sigmoid(b)) for a > b, without loss of digits
        gap = torch.log1p(-torch.exp(distance[:, 1:] - distance[:, :-1]))
        between = above[:, :-1] + below[:, 1:] + gap
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
        passed = nn.functional.logsigmoid(logits).cumsum(dim=1)
        stopped = nn.functional.logsigmoid(-logits)
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
