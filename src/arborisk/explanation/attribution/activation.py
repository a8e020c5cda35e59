"""Maps from the last feature maps: Grad-CAM, Grad-CAM++, and the exact class activation map."""

from __future__ import annotations

from typing import Any

import torch
from captum.attr import LayerGradientXActivation
from torch import Tensor, nn
from torchcam.methods import GradCAM, GradCAMpp

from arborisk.bundle.contrast import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.attribution.scores import ContrastScores
from arborisk.explanation.opened import OpenedModel


def grad_cam(opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int) -> Tensor:
    """Maps weighed by their mean gradient, what is below 0 cut off, shape (n, h, w).

    Source: Selvaraju et al. (2017), ICCV, 618-626.
    """
    return _read(GradCAM, opened, pictures, contrast)


def grad_cam_pp(opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int) -> Tensor:
    """Maps weighed by gradients above 0, evenly for large and small places, shape (n, h, w).

    Source: Chattopadhay et al. (2018), WACV, 839-847.
    """
    return _read(_GradCAMpp, opened, pictures, contrast)


def class_activation(
    opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int
) -> Tensor:
    """What each place adds to the score, shape (n, h, w); the places sum to the score.

    The constant of the score is shared evenly by the places, so that the sign of a place is that
    of a photo which looked so everywhere.

    Raises:
        SettingsError: The score of this network is no such sum; see `why_not_exact`.

    Source: Zhou et al. (2016), CVPR, 2921-2929.
    """
    reason = why_not_exact(opened)
    if reason:
        raise SettingsError(
            "a network whose score is a sum over places",
            reason,
            "the exact class activation map",
            "Use grad_cam, which approximates it.",
        )
    scores = ContrastScores(opened, contrast)
    found = LayerGradientXActivation(scores.score, scores.maps).attribute(pictures).sum(dim=1)
    with torch.no_grad():
        maps = torch.cat([body.features(pictures[:1]) for body in opened.bodies], dim=1)
        constant = scores.of_maps(torch.zeros_like(maps))
    shared: Tensor = found.detach() + constant / found[0].numel()
    return shared


def why_not_exact(opened: OpenedModel) -> str:
    """Why a model has no exact class activation map, in words; "" where it has one."""
    if not all(isinstance(one, nn.Linear) for one in opened.network.classifiers):
        return "an ordinal last layer: the logarithms of its probabilities are no sums over places"
    settings = opened.preprocess
    with torch.no_grad():
        empty = torch.zeros(1, settings.channels, settings.size_px, settings.size_px)
        for body in opened.bodies:
            maps = body.features(empty)
            spread = torch.rand(maps.shape, generator=torch.Generator().manual_seed(0))
            pooled = body.pool(spread)
            means = spread.mean(dim=(2, 3))
            if pooled.shape != means.shape or not torch.allclose(pooled, means, atol=1e-4):
                return "layers between the last map and the classes that do more than take its mean"
    return ""


def _read(
    kind: type[GradCAM | GradCAMpp], opened: OpenedModel, pictures: Tensor, contrast: Contrast
) -> Tensor:
    """A map of torchcam, not brought to a range of its own."""
    scores = ContrastScores(opened, contrast)
    with kind(scores, "maps") as extractor:
        said = scores(pictures)
        found: Tensor = extractor(class_idx=1, scores=said, normalized=False)[0]
    return found


class _GradCAMpp(GradCAMpp):
    """Torchcam's, with the weights as published.

    Version 0.5.0 divides a copy where it means to divide in place, so that its weights are cubes
    of gradients; a test compares with the formula.
    """

    def _get_weights(
        self,
        class_idx: int | list[int],
        scores: Tensor,
        eps: float = 0.0,  # squares of the gradients of a mean over many places are as small
        **kwargs: Any,  # noqa: ANN401
    ) -> list[Tensor]:
        self._backprop(scores, class_idx, **kwargs)
        weights = []
        for gradient, maps in zip(self.hook_g, self.hook_a, strict=True):
            squares = gradient.pow(2)
            sums = (gradient.pow(3) * maps).sum(dim=(2, 3), keepdim=True)
            below = 2 * squares + sums
            share = torch.where(below > 0, squares / (below + eps), torch.zeros_like(below))
            weights.append((share * gradient.relu()).sum(dim=(2, 3)))
        return weights
