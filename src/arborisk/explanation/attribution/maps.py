"""A model as a module from pictures to two scores, so that libraries of maps can read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from captum.attr import (
    IntegratedGradients,
    LayerGradientXActivation,
    NoiseTunnel,
    Occlusion,
    Saliency,
)
from torch import Tensor, nn
from torchcam.methods import GradCAM, GradCAMpp

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.opened import OpenedModel


class ContrastScores(nn.Module):
    """Scores against and for a contrast, with all feature maps passing one layer, `maps`.

    Bodies of several networks give maps side by side, as a bundle's file does. Gradients reach
    back to the maps and no further, which is all that class activation maps need and saves most
    of the time.

    Args:
        opened: The model; its weights are left as they are.
        contrast: What is asked.
    """

    def __init__(self, opened: OpenedModel, contrast: Contrast) -> None:
        super().__init__()
        self.opened = opened
        self.contrast = contrast
        self.maps = nn.Identity()

    def forward(self, pictures: Tensor) -> Tensor:
        """Score against and for, shape (n, 2), of normalised pictures."""
        score = self.score(pictures)
        return torch.stack([-score, score], dim=1)

    def score(self, pictures: Tensor) -> Tensor:
        """Score of the contrast, shape (n,)."""
        with torch.no_grad():
            each = [body.features(pictures) for body in self.opened.bodies]
        joined = self.maps(torch.cat(each, dim=1).requires_grad_())
        return self.of_maps(joined)

    def of_maps(self, joined: Tensor) -> Tensor:
        """Score of maps side by side, shape (n,)."""
        parts = list(joined.chunk(len(self.opened.bodies), dim=1))
        return self.opened.score_of(self.opened.log_probability_of_maps(parts), self.contrast)


def grey(opened: OpenedModel, pictures: Tensor) -> Tensor:
    """A picture of middle grey (byte 127) as the network sees it, of the shape of others.

    No picture holds nothing; grey stands for that here, as in the bands of a letterbox.
    """
    _, channels, height, width = pictures.shape
    plain = torch.full((1, height, width, channels), 127, dtype=torch.uint8)
    return opened.pictures(plain.numpy()).expand_as(pictures)


@dataclass(frozen=True, slots=True)
class MapLayer:
    """The layer whose maps Grad-CAM weighs: always what `Network.features` gives.

    Attributes:
        title: Which layer that is.
        size_px: Side of the picture at which `places` is stated, pixels.
        places: Places along a side of its maps at that size.
        why: Why this one.
    """

    title: str
    size_px: int
    places: int
    why: str


_LAST = (
    "the last layer that keeps the picture's plane; all that follows is its mean and the classes"
)

LAYERS: Final[dict[str, MapLayer]] = {
    "model1": MapLayer(
        "the last convolution, before its pooling",
        108,
        13,
        "the pooling after it would halve the map; dense layers follow, so that no map is exact",
    ),
    "efficientnet_depths": MapLayer(
        "the last, the middle and the early map, side by side",
        224,
        14,
        "the classes read all of them at once; the last map is laid over the finer grid of the "
        "middle one and the early one is averaged to it, where their means stay the same",
    ),
    "efficientnet_pair": MapLayer(
        "the last and the middle maps of both bodies, side by side",
        224,
        14,
        "the classes read all four at once; the last maps are laid over the finer grid of the "
        "middle ones, where their mean stays the same",
    ),
    "efficientnet_lite0": MapLayer("the last convolution", 224, 7, _LAST),
    "efficientnet_lite1": MapLayer("the last convolution", 240, 8, _LAST),
    "efficientnet_lite2": MapLayer("the last convolution", 260, 9, _LAST),
    "resnet50": MapLayer("the last residual block, after its ReLU", 224, 7, _LAST),
    "googlenet": MapLayer("the last inception block, its four ways joined", 224, 7, _LAST),
}
"""By name in `arborisk.models.MODELS`."""


N_STEPS: Final = 32
"""Pictures between grey and the photo; the sum of the map is then within a few per cent of the
score difference, see docs/where-it-looks.md."""
N_NOISY: Final = 16
NOISE: Final = 0.15
"""Spread of the noise as a share of the range of the picture. Source: Smilkov et al. (2017),
SmoothGrad, arXiv 1706.03825: 10 to 20 %."""
AT_ONCE: Final = 16
"""Pictures a pass: more needs memory and, on processors, saves no time."""


def saliency(opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int) -> Tensor:
    """Size of the gradient, largest over the channels, shape (n, size, size). Not signed.

    Source: Simonyan, Vedaldi and Zisserman (2014), arXiv 1312.6034.
    """
    found: Tensor = Saliency(_score(opened, contrast)).attribute(pictures.requires_grad_())
    return found.amax(dim=1)


def smooth_saliency(opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int) -> Tensor:
    """Mean of `saliency` over noisy copies; every photo gets the same noise.

    Source: Smilkov et al. (2017), arXiv 1706.03825.
    """
    tunnel = NoiseTunnel(Saliency(_score(opened, contrast)))
    maps = []
    for picture in pictures:
        spread = NOISE * float(picture.max() - picture.min())
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            found = tunnel.attribute(
                picture[None].requires_grad_(),
                nt_samples=N_NOISY,
                nt_samples_batch_size=AT_ONCE,
                stdevs=spread,
            )
        maps.append(found.amax(dim=1))
    return torch.cat(maps)


def integrated_gradients(
    opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int
) -> Tensor:
    """Gradient times change, summed on the way from grey to the photo, shape (n, size, size).

    Signed; sums to the score of the photo less that of the grey picture.

    Source: Sundararajan, Taly and Yan (2017), ICML, PMLR 70, 3319-3328.
    """
    found: Tensor = IntegratedGradients(_score(opened, contrast)).attribute(
        pictures,
        baselines=grey(opened, pictures),
        n_steps=N_STEPS,
        internal_batch_size=max(AT_ONCE, len(pictures)),
    )
    return found.sum(dim=1)


def _score(opened: OpenedModel, contrast: Contrast) -> Callable[[Tensor], Tensor]:
    return lambda pictures: opened.score(pictures, contrast)


WINDOWS_PER_SIDE: Final = 7
"""A grey square covers a seventh of the side, 32 px of 224, and moves by half of that."""


def occlusion(opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int) -> Tensor:
    """Fall of the score when a grey square covers the place, shape (n, size, size).

    Signed: below 0 the place spoke against. Where squares overlap it is their mean.

    Source: Zeiler and Fergus (2014), ECCV, 818-833.
    """
    return occlusion_map(opened, pictures, contrast, at_once=AT_ONCE)


def occlusion_map(
    opened: OpenedModel, pictures: Tensor, contrast: Contrast, *, at_once: int
) -> Tensor:
    """The same with a chosen number of pictures a pass; it changes the time alone."""
    channels, size = pictures.shape[1], pictures.shape[2]
    window = max(1, round(size / WINDOWS_PER_SIDE))
    step = max(1, window // 2)
    found: Tensor = Occlusion(lambda some: opened.score(some, contrast)).attribute(
        pictures,
        sliding_window_shapes=(channels, window, window),
        strides=(channels, step, step),
        baselines=grey(opened, pictures),
        perturbations_per_eval=max(1, at_once // len(pictures)),
    )
    return found[:, 0]  # all channels are covered together and share one value


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
