"""From a photo to the map of its parts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load as from_safetensors

from arborisk.errors import ArboriskError
from arborisk.explanation.parts.part_map import GRID_LONG_SIDE_PX, Padding, PartMap, on_grid
from arborisk.models.backbone import user_cache_dir
from arborisk.models.kept_export import keep_export, kept_export
from arborisk.models.weights import PACKAGED
from arborisk.photos.decode import read_photo

if TYPE_CHECKING:
    import onnxruntime

    from arborisk.explanation.parts.network import PartNetwork


WEIGHTS: Final = "part_head.safetensors"
FACTS: Final = "part_head.json"
PROBE_TOLERANCE: Final = 0.02
"""Largest difference of a probability on the probe: processors and libraries differ by 1e-4."""


@dataclass(frozen=True, slots=True)
class HeadWeights:
    """Weights of `arborisk.explanation.parts.network.PartHead` by name.

    Attributes:
        arrays: float32.
        facts: What they were trained on, and their measured accuracy; see docs/parts.md.
        sha256: Hash of the file, 64 hexadecimal digits.
    """

    arrays: dict[str, NDArray[np.float32]]
    facts: dict[str, Any]
    sha256: str


@lru_cache
def load_head_weights() -> HeadWeights:
    """The weights that come with the package."""
    folder = files("arborisk.explanation.parts")
    content = folder.joinpath(WEIGHTS).read_bytes()
    arrays = {name: value.astype(np.float32) for name, value in from_safetensors(content).items()}
    facts = json.loads(folder.joinpath(FACTS).read_text(encoding="utf-8"))
    return HeadWeights(arrays, facts, hashlib.sha256(content).hexdigest())


def probe_picture() -> NDArray[np.uint8]:
    """A fixed picture, shape (96, 64, 3), by whose parts the facts know the weights again."""
    down = np.linspace(0, 1, 96)[:, None, None]
    aside = np.linspace(0, 1, 64)[None, :, None]
    waves = np.sin(40 * aside * np.array([1.0, 1.7, 0.6])) * np.sin(30 * down)
    return np.asarray(np.clip(220 - 150 * down + 40 * waves, 0, 255), dtype=np.uint8)


BODY: Final = "efficientnet_lite0"
BODY_SIZE_PX: Final = 512
"""Size that fixes the padding inside the body: even at every depth, as all our inputs are."""
DEFINITION: Final = "parts-2"
"""Raise the number whenever the code comes to give other probabilities with the same weights."""
PARITY: Final = 1e-4  # largest difference of a probability from torch; seen: 2e-6
INPUT, OUTPUT = "photos", "probability"


def parts_session(
    weights: HeadWeights, *, folder: Path, n_threads: int | None = None
) -> onnxruntime.InferenceSession:
    """The network, ready to turn bytes (n, height, width, 3) into probabilities.

    Args:
        weights: Of the head.
        folder: Where the file is kept.
        n_threads: Processor threads; None means all cores.

    Raises:
        MissingDependencyError: Torch or the body's weights are not installed.
        ArboriskError: The export differs from torch.
    """
    import onnxruntime

    body = PACKAGED[BODY].identity
    stem = f"{DEFINITION}-{body}-{weights.sha256[:16]}-torch{version('torch')}"
    content = kept_export(folder, stem)
    if content is None:
        network = part_network(weights)
        content = _exported(network)
        _check_facts(network, weights)
        _check_parity(network, content)
        keep_export(folder, stem, content)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads or 0
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def part_network(weights: HeadWeights) -> PartNetwork:
    """The network in torch, in evaluation mode.

    Raises:
        MissingDependencyError: The body's weights are not installed.
    """
    import torch

    from arborisk.explanation.parts.network import PartHead, PartNetwork
    from arborisk.models.efficientnet import pretrained_lite

    head = PartHead()
    head.load_state_dict({name: torch.from_numpy(one) for name, one in weights.arrays.items()})
    return PartNetwork(pretrained_lite(BODY, size=BODY_SIZE_PX), head).eval()


def _exported(network: PartNetwork) -> bytes:
    """The network's ONNX file, for pictures of any size."""
    import torch

    from arborisk.models.backbone import onnx_bytes

    photos = torch.from_numpy(np.stack([probe_picture()] * 2))
    free = {INPUT: {1: "height", 2: "width"}, OUTPUT: {2: "height", 3: "width"}}
    return onnx_bytes(network, photos, [OUTPUT], free_axes=free)


def probe_shares(network: PartNetwork) -> list[float]:
    """Mean probability of each part over the probe: by this the weights are known again."""
    import torch

    with torch.inference_mode():
        found = network(torch.from_numpy(probe_picture())[None])[0]
    return [round(float(one), 4) for one in found.mean(dim=(1, 2))]


def _check_facts(network: PartNetwork, weights: HeadWeights) -> None:
    """Refuses a head on another body than the one it was trained on."""
    found, wanted = probe_shares(network), weights.facts["probe"]
    if np.abs(np.array(found) - np.array(wanted)).max() > PROBE_TOLERANCE:
        raise ArboriskError(
            expected=f"a probe with the parts {wanted}",
            found=str(found),
            where="the network that tells the parts of a photo",
            remedy="Reinstall arborisk and the packages of its weights under constraints.txt.",
        )


def _check_parity(network: PartNetwork, content: bytes) -> None:
    """Refuses a file that disagrees with torch on pictures of another shape than the export's."""
    import onnxruntime
    import torch

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    photos = np.tile(probe_picture(), (2, 2, 1))[None, 32:]
    found = session.run(None, {INPUT: photos})[0]
    with torch.inference_mode():
        wanted = network(torch.from_numpy(photos)).numpy()
    difference = float(np.abs(found - wanted).max())
    if not difference <= PARITY:
        raise ArboriskError(
            expected=f"an export within {PARITY:g} of torch",
            found=f"a difference of {difference:.2g}",
            where="the export of the network that tells the parts of a photo",
            remedy="Reinstall torch and onnxruntime under constraints.txt.",
        )


@dataclass(frozen=True, slots=True)
class PartsReader:
    """Tells the parts of photos; load it once and keep it.

    Attributes:
        session: The network, see `arborisk.explanation.parts.reader`.
    """

    session: onnxruntime.InferenceSession

    @classmethod
    def load(cls, *, folder: Path | None = None, n_threads: int | None = None) -> PartsReader:
        """The reader with the packaged weights.

        The first call on a machine needs torch and takes some seconds; later ones take none of it.

        Args:
            folder: Where the network's file is kept; None for the user's cache.
            n_threads: Processor threads; None means all cores.

        Raises:
            MissingDependencyError: Torch or the body's weights are not installed.
        """
        where = folder or user_cache_dir()
        return cls(parts_session(load_head_weights(), folder=where, n_threads=n_threads))

    def read(self, photo: Path | Image.Image) -> PartMap:
        """The parts of a photo, on the grid of `arborisk.explanation.parts.part_map.on_grid`.

        Args:
            photo: A file, or an upright picture.

        Raises:
            PhotoError: The file is no usable photo; its ``reason`` says why.
        """
        if isinstance(photo, Path):
            photo = read_photo(photo, at_least_px=2 * GRID_LONG_SIDE_PX)
        picture = np.asarray(on_grid(photo))
        return PartMap(self.probability(picture), picture)

    def probability(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probability of each part, shape (n_parts, height, width), of a picture on the grid.

        Args:
            picture: Colours, shape (height, width, 3).
        """
        padding = Padding.of(*picture.shape[:2])
        found = self.session.run(None, {INPUT: padding.add(picture)[None]})[0]
        return np.ascontiguousarray(padding.cut(found[0]), dtype=np.float32)


def read_parts(photo: Path | Image.Image) -> PartMap:
    """The parts of one photo; for several, keep a `PartsReader`."""
    return PartsReader.load().read(photo)
