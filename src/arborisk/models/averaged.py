"""Several trained networks as one, from raw pixels to averaged logits. Needs torch."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import chain
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.errors import BundleError
from arborisk.models.network import Network
from arborisk.models.scaling import PixelScaling
from arborisk.models.settings import TestViews
from arborisk.models.views import mean_log_probability, views_of
from arborisk.preprocess import PreprocessSettings


class AveragedNetwork(nn.Module):
    """Members and views of a photo averaged in probability, with the scaling of pixels inside.

    Args:
        members: Trained networks of one kind; copied, and set to evaluation mode.
        preprocess: How their input is made.
        views: Views of each photo that every member answers to.

    Raises:
        BundleError: No members, or they do not fit each other or the preprocessing.
    """

    def __init__(
        self,
        members: Sequence[Network],
        preprocess: PreprocessSettings,
        views: TestViews = "one",
    ) -> None:
        super().__init__()
        _check_members(members, preprocess)
        # One copy of the whole list: a backbone that members share stays shared.
        self.members = nn.ModuleList(copy.deepcopy(list(members)))
        self.shared = all(_same_body(members[0], other) for other in members[1:])
        self.scaling = PixelScaling(preprocess)
        self.views: TestViews = views
        self.eval()

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits, feature map and embedding.

        Args:
            photos: uint8, shape (n, size, size, channels).

        Returns:
            Shapes (n, k), (n, c, h, w) and (n, d). Softmax of the logits is the mean over members
            and views of the softmax of their logits; map and embedding are of the photo itself.
        """
        views = views_of(self.scaling(photos), self.views)
        pictures = torch.cat(views)  # one pass: the file holds every weight once
        bodies = self.members[:1] if self.shared else self.members
        maps = [member.features(pictures) for member in bodies]  # type: ignore[operator]
        embeddings = [
            member.pool(feature_map)  # type: ignore[operator]
            for member, feature_map in zip(bodies, maps, strict=True)
        ]
        each = embeddings * len(self.members) if self.shared else embeddings
        logits = torch.cat(
            [
                _by_view(member.classifier(embedding), len(views))  # type: ignore[operator]
                for member, embedding in zip(self.members, each, strict=True)
            ]
        )
        answer = mean_log_probability(logits) if len(logits) > 1 else logits[0]
        first_map, first_embedding = (
            torch.cat([_by_view(one, len(views))[0] for one in several], dim=1)
            for several in (maps, embeddings)
        )
        return answer, first_map, first_embedding

    def weights(self) -> dict[str, NDArray[np.generic]]:
        """Weights by ``<number of member>.<name>``; those of a shared body under member 0 only.

        Those that only take part in training are left out.
        """
        kept: dict[str, NDArray[np.generic]] = {}
        for number, member in enumerate(self.members):
            only_in_training = tuple(f"{part}." for part in cast(Network, member).training_only)
            for name, value in member.state_dict().items():
                own = number == 0 or not self.shared or name.startswith(f"{member.head_name}.")
                if own and not name.startswith(only_in_training):
                    kept[f"{number}.{name}"] = value.detach().cpu().contiguous().numpy()
        return kept


def _by_view(values: Tensor, n_views: int) -> Tensor:
    """Shape (views, n, ...) of values of all views, one view after the other."""
    return torch.unflatten(values, 0, (n_views, -1)) if n_views > 1 else values[None]


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
