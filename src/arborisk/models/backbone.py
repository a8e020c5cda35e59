"""A frozen backbone as an ONNX file, exported once and kept (`arborisk.models.kept_export`)."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.errors import ArboriskError
from arborisk.models.kept_export import keep_export, kept_export
from arborisk.models.network import Network, PixelScaling, middle
from arborisk.models.table import build, weights_identity
from arborisk.preprocess.settings import PreprocessSettings

if TYPE_CHECKING:
    import onnxruntime


OPSET = 17  # the newest that the tracing exporter writes without conversion


def onnx_bytes(
    module: nn.Module,
    example: Tensor,
    output_names: Sequence[str],
    *,
    free_axes: Mapping[str, Mapping[int, str]] | None = None,
) -> bytes:
    """The file of a module with one input, ``photos``; every first axis is free.

    Torch's older, tracing exporter is used: 1 s where the newer takes 8 s, silent, and as exact on
    these networks. Neither is trusted: the caller compares numbers before use.

    Args:
        module: Put into evaluation mode.
        example: Input with a first axis of at least 2.
        output_names: Names of the outputs.
        free_axes: By name of input or output, axes that are free besides, with a name each.

    Source: wrong models from the newer exporter: pytorch/pytorch issues 166797 and 169178.
    """
    names, free = ("photos", *output_names), free_axes or {}
    with warnings.catch_warnings(), torch.no_grad(), tempfile.TemporaryDirectory() as scratch:
        # It warns of its age and of folding constants; the comparison judges the result.
        warnings.simplefilter("ignore")
        file = Path(scratch) / "model.onnx"
        torch.onnx.export(
            module.eval(),
            (example,),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=names[:1],
            output_names=names[1:],
            dynamic_axes={name: {0: "batch", **free.get(name, {})} for name in names},
        )
        return file.read_bytes()


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


DEFINITION = "pooled-2"
"""What an embedding is. Raise the number whenever the code comes to give other embeddings: it is
part of the name of the file and of the key under which embeddings are kept."""
PARITY = 1e-4  # largest difference from torch, as a share of the largest value; seen: 2e-6
N_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Backbone:
    """All that decides an embedding, besides the photo.

    Attributes:
        model: Name from the table of models.
        weights: Name of pretrained weights, or "" for the model's usual ones.
        preprocess: How the pictures were made and how pixels become numbers.
        enlarged: Whether the middle of each picture is looked at, instead of the whole.
    """

    model: str
    weights: str
    preprocess: PreprocessSettings
    enlarged: bool = False

    @property
    def name(self) -> str:
        """What is computed, in a word that can be part of a file's name.

        How pictures are cropped and decoded is left out: the network does not see it.

        Raises:
            SettingsError: The model has no such weights.
        """
        seen = f"{self.preprocess.size_px}x{self.preprocess.channels}-{self.preprocess.scaling}"
        part = "middle" if self.enlarged else "whole"
        identity = weights_identity(self.model, self.weights)
        return f"{self.model}-{identity}-{DEFINITION}-{seen}-{part}"

    def embedder(self) -> Embedder:
        """The same in torch, in evaluation mode.

        Raises:
            MissingDependencyError: Torch or the weights are not installed.
        """
        network = build(
            self.model,
            n_classes=2,
            channels=self.preprocess.channels,
            size=self.preprocess.size_px,
            weights=self.weights,
        )
        embedder = Embedder(network, self.preprocess, enlarged=self.enlarged)
        embedder.eval()
        return embedder


def user_cache_dir() -> Path:
    """Folder for files that can be made again: ARBORISK_CACHE, or the system's usual place."""
    if "ARBORISK_CACHE" in os.environ:
        return Path(os.environ["ARBORISK_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "arborisk"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "arborisk"


def backbone_session(
    examples: NDArray[np.uint8],
    backbone: Backbone,
    *,
    folder: Path,
    n_threads: int | None = None,
) -> onnxruntime.InferenceSession:
    """The backbone, ready to turn raw pictures into embeddings.

    Args:
        examples: Real pictures, shape (n, size, size, channels), n at least 1; the first few are
            compared with torch when the file is made.
        backbone: Which one.
        folder: Where the file is kept.
        n_threads: Processor threads; None means all cores.

    Raises:
        MissingDependencyError: The weights are not installed.
        ArboriskError: The export differs from torch, or ONNX Runtime cannot read it.
    """
    import onnxruntime

    stem = backbone_stem(backbone)
    model = kept_export(folder, stem)
    if model is None:
        model = _export(folder, stem, examples[:N_COMPARED], backbone)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads or 0
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no common class for its errors
        raise ArboriskError(
            expected="an ONNX file that ONNX Runtime can read",
            found=str(error),
            where=str(folder),
            remedy="Reinstall torch and onnxruntime under constraints.txt.",
        ) from error


def backbone_stem(backbone: Backbone) -> str:
    """Beginning of the file's name: all that decides the embeddings, torch's exporter included."""
    from importlib.metadata import version

    return f"{backbone.name}-torch{version('torch')}"


def _export(folder: Path, stem: str, examples: NDArray[np.uint8], backbone: Backbone) -> bytes:
    """Writes the file and gives its content, unless it disagrees with torch on the examples."""
    import onnxruntime
    import torch

    if len(examples) == 1:
        examples = np.repeat(examples, 2, axis=0)  # the exporter would fix a batch of one
    pictures = torch.from_numpy(np.array(examples))  # a copy: memory maps are read-only
    embedder = backbone.embedder()
    with torch.inference_mode():
        wanted = embedder(pictures).numpy()
    model = onnx_bytes(embedder, pictures[:2], ["embedding"])  # tracing more takes longer
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found = session.run(None, {"photos": pictures.numpy()})[0]
    difference = float(np.abs(found - wanted).max() / np.abs(wanted).max())
    if not difference <= PARITY:
        raise ArboriskError(
            expected=f"an export within {PARITY:g} of torch",
            found=f"a difference of {difference:.2g}",
            where=f"the export of the backbone {backbone.name}",
            remedy="Reinstall torch and onnxruntime under constraints.txt.",
        )
    keep_export(folder, stem, model)
    return model
