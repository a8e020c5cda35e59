"""Several trained networks as one, from raw pixels to averaged logits. Needs torch."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.errors import BundleError
from arborisk.models.network import Network
from arborisk.models.scaling import PixelScaling
from arborisk.preprocess import PreprocessSettings


class AveragedNetwork(nn.Module):
    """Members averaged in probability, with the scaling of pixels inside.

    Args:
        members: Trained networks of one kind; copied, and set to evaluation mode.
        preprocess: How their input is made.

    Raises:
        BundleError: No members, or they do not fit each other or the preprocessing.
    """

    def __init__(self, members: Sequence[Network], preprocess: PreprocessSettings) -> None:
        super().__init__()
        _check_members(members, preprocess)
        # One copy of the whole list: a backbone that members share stays shared.
        self.members = nn.ModuleList(copy.deepcopy(list(members)))
        self.shared = all(_same_body(members[0], other) for other in members[1:])
        self.scaling = PixelScaling(preprocess)
        self.eval()

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits, feature map and embedding.

        Args:
            photos: uint8, shape (n, size, size, channels).

        Returns:
            Shapes (n, k), (n, c, h, w) and (n, d). Softmax of the logits is the mean over members
            of the softmax of their logits.
        """
        pictures = self.scaling(photos)
        bodies = self.members[:1] if self.shared else self.members
        maps = [member.features(pictures) for member in bodies]  # type: ignore[operator]
        embeddings = [
            member.pool(feature_map)  # type: ignore[operator]
            for member, feature_map in zip(bodies, maps, strict=True)
        ]
        each = embeddings * len(self.members) if self.shared else embeddings
        logits = [
            member.classifier(embedding)  # type: ignore[operator]
            for member, embedding in zip(self.members, each, strict=True)
        ]
        return _mean_logits(logits), torch.cat(maps, dim=1), torch.cat(embeddings, dim=1)

    def weights(self) -> dict[str, NDArray[np.generic]]:
        """Weights by ``<number of member>.<name>``; those of a shared body under member 0 only."""
        kept: dict[str, NDArray[np.generic]] = {}
        for number, member in enumerate(self.members):
            for name, value in member.state_dict().items():
                if number == 0 or not self.shared or name.startswith(f"{member.head_name}."):
                    kept[f"{number}.{name}"] = value.detach().cpu().contiguous().numpy()
        return kept


def _mean_logits(logits: list[Tensor]) -> Tensor:
    """Logits whose softmax is the mean of the members' softmax."""
    if len(logits) == 1:
        return logits[0]
    log_probability = torch.stack([torch.log_softmax(item, dim=1) for item in logits])
    return torch.logsumexp(log_probability, dim=0) - math.log(len(logits))


def _same_body(first: Network, other: Network) -> bool:
    """Whether two networks share every weight but those of the head, in memory."""

    def body(network: Network) -> list[tuple[str, int]]:
        prefix = f"{network.head_name}."
        named = chain(network.named_parameters(), network.named_buffers())
        return [(name, value.data_ptr()) for name, value in named if not name.startswith(prefix)]

    return len(body(first)) > 0 and body(first) == body(other)


def _check_members(members: Sequence[Network], preprocess: PreprocessSettings) -> None:
    expected = (preprocess.size_px, preprocess.channels)
    found = {(type(item).__name__, item.n_classes, item.size, item.channels) for item in members}
    if len(found) != 1 or {item[2:] for item in found} != {expected}:
        raise BundleError(
            f"at least one network, all of one kind, for size {expected[0]} px and "
            f"{expected[1]} channels",
            f"(kind, classes, size, channels) {sorted(found)}",
            "members to export",
            "Give the networks that were trained with these preprocessing settings.",
        )
