"""The backbone from raw pixels to embedding. Needs torch."""

from __future__ import annotations

from torch import Tensor, nn

from arborisk.models.efficientnet_lite import load_efficientnet_lite0
from arborisk.models.scaling import PixelScaling
from arborisk.preprocess import PreprocessSettings


class Embedder(nn.Module):
    """Raw pictures to embeddings, scaling included.

    Args:
        preprocess: Size, channels and scaling of the pictures.
    """

    def __init__(self, preprocess: PreprocessSettings) -> None:
        super().__init__()
        self.scaling = PixelScaling(preprocess)
        self.network = load_efficientnet_lite0(
            n_classes=2, channels=preprocess.channels, size=preprocess.size_px
        )

    def forward(self, photos: Tensor) -> Tensor:
        """Embeddings, shape (n, 1280), of uint8 pictures, shape (n, size, size, channels)."""
        return self.network.pool(self.network.features(self.scaling(photos)))
