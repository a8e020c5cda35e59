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
from arborisk.models.network import Network, PixelScaling, mean_log_probability, views_of
from arborisk.models.settings import TestViews
from arborisk.preprocess.settings import PreprocessSettings


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
        own = copy.deepcopy(list(members))
        shared = all(_same_body(members[0], other) for other in members[1:])
        self.bodies = nn.ModuleList(own[:1] if shared else own)
        self.classifiers = nn.ModuleList([member.classifier for member in own])
        self.head_name = own[0].head_name
        self.scaling = PixelScaling(preprocess)
        self.views: TestViews = views
        self.eval()

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits, feature map, embedding, and log-probabilities of each member.

        Args:
            photos: uint8, shape (n, size, size, channels).

        Returns:
            Shapes (n, k), (n, c, h, w), (n, d) and (n, members, k). Softmax of the logits is the
            mean over members and views of the softmax of their logits; map and embedding are of
            the photo itself.
        """
        views = views_of(self.scaling(photos), self.views)
        pictures = torch.cat(views)  # one pass: the file holds every weight once
        maps = [body.features(pictures) for body in self.bodies]  # type: ignore[operator]
        embeddings = [
            body.pool(feature_map)  # type: ignore[operator]
            for body, feature_map in zip(self.bodies, maps, strict=True)
        ]
        each = embeddings * (len(self.classifiers) // len(embeddings))
        members = torch.stack(
            [
                mean_log_probability(_by_view(classifier(embedding), len(views)))
                for classifier, embedding in zip(self.classifiers, each, strict=True)
            ]
        )
        answer = mean_log_probability(members)
        first_map, first_embedding = (
            torch.cat([_by_view(one, len(views))[0] for one in several], dim=1)
            for several in (maps, embeddings)
        )
        return answer, first_map, first_embedding, members.transpose(0, 1)

    def weights(self) -> dict[str, NDArray[np.generic]]:
        """Weights by ``<number of member>.<name>``; those of a shared body under member 0 only.

        Those that only take part in training are left out.
        """
        kept: dict[str, NDArray[np.generic]] = {}
        for number, body in enumerate(self.bodies):
            left_out = (self.head_name, *cast(Network, body).training_only)
            for name, value in body.state_dict().items():
                if not name.startswith(tuple(f"{part}." for part in left_out)):
                    kept[f"{number}.{name}"] = _as_array(value)
        for number, classifier in enumerate(self.classifiers):
            for name, value in classifier.state_dict().items():
                kept[f"{number}.{self.head_name}.{name}"] = _as_array(value)
        return kept


def _as_array(value: Tensor) -> NDArray[np.generic]:
    array: NDArray[np.generic] = value.detach().cpu().contiguous().numpy()
    return array


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
