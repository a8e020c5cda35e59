"""From trained networks to one ONNX file and a bundle, through a parity gate. Needs torch.

No exporter is trusted (`arborisk.models.backbone`): nothing is written unless ONNX Runtime and
torch agree on real photos.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.bundle.record import BundleDescription, ParityRecord
from arborisk.bundle.reference import Reference, build_reference
from arborisk.bundle.session import OUTPUTS, check_against_probe, open_session, run_session, softmax
from arborisk.bundle.write import write_bundle
from arborisk.calibration.table import CalibrationTable
from arborisk.errors import BundleError
from arborisk.models.averaged import AveragedNetwork
from arborisk.models.backbone import onnx_bytes
from arborisk.models.network import Network
from arborisk.models.settings import TestViews
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.wording.counts import counted

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


MOST_EMBEDDED = 100
"""Photos that are embedded for this alone, where no embeddings are at hand."""
BATCH = 8


@dataclass(frozen=True, slots=True)
class TrainingPhotos:
    """Photos to remember.

    Attributes:
        arrays: Prepared, uint8, shape (n, size, size, channels).
        groups: Group of each, length n.
        class_index: Class of each, shape (n,).
        embedding: Of the exported network, shape (n, d), or None to have it embed some of them.
    """

    arrays: NDArray[np.uint8]
    groups: Sequence[str]
    class_index: NDArray[np.int64]
    embedding: NDArray[np.float32] | None = None

    def remembered(self, session: ort.InferenceSession, *, where: str) -> Reference:
        """What the bundle keeps of them.

        Args:
            session: The exported network.
            where: For the message.
        """
        if self.embedding is not None:
            return build_reference(self.embedding, self.arrays, self.groups, self.class_index)
        n_photos = len(self.arrays)
        kept = np.unique(
            np.linspace(0, n_photos - 1, min(MOST_EMBEDDED, n_photos)).astype(np.int64)
        )
        arrays = self.arrays[kept]
        embedding = np.concatenate(
            [
                run_session(session, arrays[start : start + BATCH], where=where)[2]
                for start in range(0, len(arrays), BATCH)
            ]
        )
        groups = [self.groups[row] for row in kept]
        return build_reference(embedding, arrays, groups, self.class_index[kept])


MAX_PARITY_ARRAYS = 8  # a wrong export is wrong on the first photo; each costs three forward passes


def export_onnx(
    members: Sequence[Network], preprocess: PreprocessSettings, views: TestViews = "one"
) -> bytes:
    """One ONNX network for all members and views, whose probability is the mean of theirs.

    Input ``photos``: uint8 (batch, size, size, channels); scaling happens inside. Outputs, float32:
    ``logits`` (batch, k), whose softmax is the mean over members and views of their softmax;
    ``feature_map`` (batch, c, h, w) and ``embedding`` (batch, d) of the photo itself;
    ``member_logits`` (batch, members, k), the logarithm of what each member says. Members with
    one backbone under several heads share map and embedding; otherwise the members' are laid side
    by side on the second axis.

    Args:
        members: Trained networks of one kind, at least one; they are not changed.
        preprocess: How their input is made.
        views: Views of each photo that are averaged.

    Returns:
        Bytes of the ONNX file; not checked against torch yet, see `export_bundle`.

    Raises:
        BundleError: No members, or they do not fit each other or the preprocessing.
    """
    return _to_onnx(AveragedNetwork(members, preprocess, views), preprocess)


def export_bundle(
    members: Sequence[Network],
    folder: Path,
    *,
    description: BundleDescription,
    arrays: NDArray[np.uint8],
    data: str,
    licence: str,
    views: TestViews = "one",
    calibration: CalibrationTable | None = None,
    training_photos: TrainingPhotos | None = None,
    data_card: str = "",
) -> Bundle:
    """Exports members, checks the file against torch on real photos, and writes the bundle.

    Args:
        members: Trained networks; as many as ``description.n_members``.
        folder: The new bundle.
        description: What the bundle states about itself; versions of the software are added.
        arrays: Prepared real photos, uint8 (n, size, size, channels); the first 8 are used.
        data: What the photos are, a sentence for the model card.
        licence: Licence of the weights, a sentence for the model card.
        views: Views of each photo that are averaged.
        calibration: What the members said of photos held back, in the order of the members.
        training_photos: Photos that the bundle remembers, for gates and drift.
        data_card: What the data are, as Croissant JSON-LD.

    Raises:
        BundleError: The parity gate or a check of the bundle fails; nothing is written then.
    """
    if len(members) != description.n_members:
        raise BundleError(
            f"{counted(description.n_members, 'member')}, as the description says",
            str(len(members)),
            str(folder),
            "Give the networks that the description speaks of.",
        )
    network = AveragedNetwork(members, description.preprocess, views)
    model = _to_onnx(network, description.preprocess)
    session = open_session(model, n_threads=torch.get_num_threads(), where=str(folder))
    parity = _gate(network, session, description, arrays, str(folder))
    versions = {**_versions(), **description.versions}
    return write_bundle(
        folder,
        model=model,
        weights=network.weights(),
        description=description.model_copy(update={"versions": versions}),
        parity=parity,
        data=data,
        licence=licence,
        calibration=calibration,
        reference=None
        if training_photos is None
        else training_photos.remembered(session, where=str(folder)),
        data_card=data_card,
    )


def _gate(
    network: AveragedNetwork,
    session: ort.InferenceSession,
    description: BundleDescription,
    arrays: NDArray[np.uint8],
    where: str,
) -> ParityRecord:
    """Parity of the file with the network, and its answer to the probe."""
    found = check_parity(network, session, arrays[:MAX_PARITY_ARRAYS], where=where)
    answer = check_against_probe(session, description, None, where)
    return ParityRecord(
        n_arrays=found.n_arrays,
        batch_sizes=found.batch_sizes,
        tolerance=found.tolerance,
        largest_probability_difference=found.probability,
        largest_batch_difference=found.batch,
        largest_embedding_difference=found.embedding,
        probe_probability=tuple(answer.tolist()),
    )


def _to_onnx(network: AveragedNetwork, preprocess: PreprocessSettings) -> bytes:
    """The ONNX file, not compared with anything yet."""
    example = torch.zeros(
        (2, preprocess.size_px, preprocess.size_px, preprocess.channels), dtype=torch.uint8
    )
    return onnx_bytes(network, example, OUTPUTS)


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "onnxruntime": onnxruntime.__version__,
    }
