"""From trained networks to one ONNX file and a bundle, through a parity gate. Needs torch.

No exporter is trusted (`arborisk.models.onnx_file`): nothing is written unless ONNX Runtime and
torch agree on real photos.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from arborisk.bundle.check import check_against_probe
from arborisk.bundle.load import Bundle
from arborisk.bundle.record import BundleDescription, ParityRecord
from arborisk.bundle.session import OUTPUTS, open_session
from arborisk.bundle.write import write_bundle
from arborisk.calibration.table import CalibrationTable
from arborisk.errors import BundleError
from arborisk.models.averaged import AveragedNetwork
from arborisk.models.network import Network
from arborisk.models.onnx_file import onnx_bytes
from arborisk.models.parity import check_parity
from arborisk.models.remembered import TrainingPhotos
from arborisk.models.settings import TestViews
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.wording.counts import counted

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
