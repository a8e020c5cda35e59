"""Views of a photo whose answers are averaged: itself, its mirror image, its middle. Needs torch.

Written in torch alone, so that the exported file makes the same views as training does.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from arborisk.models.settings import TestViews

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
