"""The gate between a trained network and the file that is shipped. Needs torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from arborisk.bundle.session import run_session, softmax
from arborisk.errors import BundleError
from arborisk.models.averaged import AveragedNetwork

PROBABILITY_TOLERANCE = 1e-4
"""Largest allowed difference of a probability. Float32 arithmetic in another order differs by about
1e-6; answers are printed with three digits; a wrongly exported layer differs by far more."""
EMBEDDING_TOLERANCE = 1e-3
"""Likewise for embeddings, as a share of their largest absolute value."""
BATCH_SIZES = (1, 4)


@dataclass(frozen=True, slots=True)
class Parity:
    """Differences found, none above its tolerance.

    Attributes:
        n_arrays: Photos compared.
        batch_sizes: Batch sizes compared.
        tolerance: Largest allowed difference of a probability.
        probability: Largest difference of a probability, ONNX Runtime against torch.
        batch: Largest difference of a probability between batch sizes.
        embedding: Largest difference of an embedding, as a share of its largest absolute value.
    """

    n_arrays: int
    batch_sizes: tuple[int, ...]
    tolerance: float
    probability: float
    batch: float
    embedding: float


def check_parity(
    network: AveragedNetwork,
    session: ort.InferenceSession,
    arrays: NDArray[np.uint8],
    *,
    where: str,
) -> Parity:
    """Compares a network with its exported file on real photos.

    Args:
        network: The trained network.
        session: ONNX Runtime on the exported file.
        arrays: Prepared real photos, uint8 (n, size, size, channels), n at least 1. Noise would not
            do: a network may answer the same to all noise.
        where: For the message.

    Raises:
        BundleError: Any difference is above its tolerance; the file must not be shipped.
    """
    if len(arrays) == 0:
        raise BundleError(
            "at least one prepared photo", "none", where, "Give photos of the data set."
        )
    with torch.no_grad():
        logits, _, embedding, members = network(torch.from_numpy(np.array(arrays)))
    expected = softmax(logits.numpy())
    expected = np.concatenate([expected[:, None], np.exp(members.numpy())], axis=1)
    found = {n: _in_batches(session, arrays, n, where) for n in BATCH_SIZES}
    probability = max(_largest(answer - expected) for answer, _ in found.values())
    batch = _largest(found[BATCH_SIZES[0]][0] - found[BATCH_SIZES[1]][0])
    scale = max(_largest(embedding.numpy()), float(np.finfo(np.float32).tiny))
    relative = max(_largest(item - embedding.numpy()) for _, item in found.values()) / scale
    for what, difference, tolerance in (
        ("probability, ONNX Runtime against torch", probability, PROBABILITY_TOLERANCE),
        ("probability between batch sizes", batch, PROBABILITY_TOLERANCE),
        ("embedding, as a share of the largest", relative, EMBEDDING_TOLERANCE),
    ):
        if not difference <= tolerance:  # NaN fails too
            raise BundleError(
                f"a difference of at most {tolerance:g} ({what})",
                f"{difference:.3g}",
                where,
                "The exporter made a wrong file and nothing was written: try another version of "
                "torch or onnxruntime.",
            )
    return Parity(len(arrays), BATCH_SIZES, PROBABILITY_TOLERANCE, probability, batch, relative)


def _in_batches(
    session: ort.InferenceSession, arrays: NDArray[np.uint8], batch_size: int, where: str
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Probabilities, shape (n, 1 + n_members, k), and embeddings of all arrays."""
    parts = [
        run_session(session, arrays[start : start + batch_size], where=where)
        for start in range(0, len(arrays), batch_size)
    ]
    together = softmax(np.concatenate([part[0] for part in parts]))
    members = np.exp(np.concatenate([part[3] for part in parts]).astype(np.float64))
    probability = np.concatenate([together[:, None], members], axis=1)
    return probability, np.concatenate([part[2] for part in parts])


def _largest(values: NDArray[np.floating]) -> float:
    return float(np.abs(values).max())
