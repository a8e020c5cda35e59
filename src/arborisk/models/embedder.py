"""A pretrained body from raw pixels to embedding. Needs torch."""

from __future__ import annotations

from torch import Tensor, nn

from arborisk.models.network import Network
from arborisk.models.scaling import PixelScaling
from arborisk.models.views import middle
from arborisk.preprocess.settings import PreprocessSettings


class Embedder(nn.Module):
    """Raw pictures to embeddings, scaling included.

    Args:
        network: Gives the embeddings; its classifier is not used.
        preprocess: Size, channels and scaling of the pictures.
        enlarged: Whether the middle of each picture is looked at, instead of the whole.
    """

    def __init__(
        self, network: Network, preprocess: PreprocessSettings, *, enlarged: bool = False
    ) -> None:
        super().__init__()
        self.scaling = PixelScaling(preprocess)
        self.network = network
        self.enlarged = enlarged

    def forward(self, photos: Tensor) -> Tensor:
        """Embeddings, shape (n, d), of uint8 pictures, shape (n, size, size, channels)."""
        pictures = self.scaling(photos)
        if self.enlarged:
            pictures = middle(pictures)
        return self.network.pool(self.network.features(pictures))
