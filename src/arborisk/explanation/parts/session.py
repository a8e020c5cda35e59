"""The network of parts as an ONNX file, made once and kept in the user's cache.

ONNX Runtime takes about half of torch's time for it. How it is kept: `arborisk.models.kept_export`.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from arborisk.errors import ArboriskError
from arborisk.explanation.parts.head import PROBE_TOLERANCE, HeadWeights, probe_picture
from arborisk.models.kept_export import keep_export, kept_export
from arborisk.models.packaged_weights import PACKAGED

if TYPE_CHECKING:
    import onnxruntime

    from arborisk.explanation.parts.network import PartNetwork

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
    from arborisk.models.efficientnet_lite import pretrained_lite

    head = PartHead()
    head.load_state_dict({name: torch.from_numpy(one) for name, one in weights.arrays.items()})
    return PartNetwork(pretrained_lite(BODY, size=BODY_SIZE_PX), head).eval()


def _exported(network: PartNetwork) -> bytes:
    """The network's ONNX file, for pictures of any size."""
    import torch

    from arborisk.models.onnx_file import onnx_bytes

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
