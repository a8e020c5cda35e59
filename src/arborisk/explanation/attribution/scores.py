"""A model as a module from pictures to two scores, so that libraries of maps can read it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from arborisk.bundle.contrast import Contrast
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
