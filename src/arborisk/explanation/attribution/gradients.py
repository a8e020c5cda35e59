"""Maps from gradients with respect to the picture: how the score would change with a pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from captum.attr import IntegratedGradients, NoiseTunnel, Saliency
from torch import Tensor

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.attribution.scores import grey
from arborisk.explanation.opened import OpenedModel

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
