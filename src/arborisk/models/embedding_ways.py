"""Two ways to compute embeddings: ONNX Runtime on the processor, torch on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.models.backbone import Backbone, backbone_session, user_cache_dir

Device = Literal["auto", "cpu", "cuda"]
Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""From raw pictures, shape (n, size, size, channels), to embeddings, shape (n, d)."""

BATCH = 16  # photos at a time: larger is no faster on processors
GPU_BATCH = 64


@dataclass(frozen=True, slots=True)
class Embedding:
    """A way to compute embeddings.

    Attributes:
        embed: Does it.
        batch: Photos to give it at a time.
    """

    embed: Embed
    batch: int


def usual_way(
    backbone: Backbone,
    examples: NDArray[np.uint8],
    *,
    folder: Path | None,
    n_threads: int | None,
    device: Device,
) -> Embedding:
    """Torch on a CUDA GPU when there is one; else ONNX Runtime, which is faster on processors.

    Args:
        backbone: What to compute.
        examples: Real pictures, shape (n, size, size, channels), n at least 1.
        folder: Where exported backbones are kept; None means the user's cache.
        n_threads: Processor threads; None means all cores.
        device: ``auto`` takes the GPU when there is one.

    Raises:
        SettingsError: There is no GPU, and it was asked for.
        ArboriskError: See `arborisk.models.backbone.backbone_session`.
    """
    if device != "cpu":
        import torch

        if torch.cuda.is_available():
            return Embedding(torch_way(backbone, "cuda"), GPU_BATCH)
        if device == "cuda":
            raise SettingsError(
                expected="a CUDA GPU that torch can use",
                found="none",
                where="settings, training.device",
                remedy="Leave the device at 'auto', or install torch for CUDA.",
            )
    session = backbone_session(
        examples, backbone, folder=folder or user_cache_dir(), n_threads=n_threads
    )

    def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = session.run(None, {"photos": pictures})[0]
        return found

    return Embedding(embed, BATCH)


def torch_way(backbone: Backbone, device: str) -> Embed:
    """Torch, in whole float32: a GPU's shortened one would differ in the third digit.

    Args:
        backbone: What to compute.
        device: Torch's name of the device.
    """
    import torch

    embedder = backbone.embedder().to(device)

    def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            found: NDArray[np.float32] = (
                embedder(torch.from_numpy(pictures).to(device)).cpu().numpy()
            )
        return found

    return embed
