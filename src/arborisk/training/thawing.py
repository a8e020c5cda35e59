"""Which weights of a pretrained network learn, how fast, and what stays as it was. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from torch import nn

from arborisk.models.network import Network

Regime = Literal["last_stages", "all"]


class Thawed:
    """The part of a network that learns.

    The rest is held still, its batch normalisation and dropout as in prediction. In a pretrained
    network the statistics of all batch normalisation stay as they came, also where weights learn:
    a few hundred photos in small batches would replace averages over a million by noise.

    Args:
        network: Changed in place; `release` undoes it.
        regime: ``last_stages`` or ``all``.
        n_stages: Stages below the classifier that learn under ``last_stages``.
        pretrained: Whether the body's weights are worth keeping.

    Source: He et al. (2016), CVPR, appendix A (batch normalisation fixed in fine-tuning); Ioffe
    (2017), NIPS, section 1 (why statistics of small batches are poor).
    """

    def __init__(
        self, network: Network, regime: Regime, *, n_stages: int, pretrained: bool
    ) -> None:
        self.network = network
        self.pretrained = pretrained
        stages = list(network.stages())
        self.still: Sequence[nn.Module] = stages[:-n_stages] if regime == "last_stages" else []
        self.first_stage = stages[len(self.still)] if self.still else None
        for stage in self.still:
            stage.requires_grad_(False)

    def groups(self, body_rate_share: float) -> list[dict[str, Any]]:
        """Weights that learn, as groups of an optimiser, with ``share`` of the learning rate.

        A network from scratch learns at one rate.

        Args:
            body_rate_share: Rate of pretrained weights, as a share of the classifier's.
        """
        if not self.pretrained:
            return [{"params": list(self.network.parameters()), "share": 1.0}]
        top = list(self.network.classifier.parameters())
        in_top = {id(weight) for weight in top}
        body = [
            weight
            for weight in self.network.parameters()
            if weight.requires_grad and id(weight) not in in_top
        ]
        return [{"params": top, "share": 1.0}, {"params": body, "share": body_rate_share}]

    def train(self) -> None:
        """Puts the network into training mode, but for what is held still."""
        self.network.train()
        for stage in self.still:
            stage.eval()
        if self.pretrained:
            for module in self.network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()

    def release(self) -> None:
        """Lets every weight learn again, as in a network that was just built."""
        self.network.requires_grad_(True)
