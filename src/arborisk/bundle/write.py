"""Writes a bundle, opens what was written, and only then gives it its name."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as to_safetensors

from arborisk.bundle.card import write_card
from arborisk.bundle.files import (
    CALIBRATION,
    CARD,
    DATA_CARD,
    MODEL,
    PARITY,
    RECORD,
    REFERENCE,
    WEIGHTS,
)
from arborisk.bundle.load import Bundle, load_bundle
from arborisk.bundle.record import (
    BUNDLE_ID_DIGITS,
    FORMAT_VERSION,
    BundleDescription,
    BundleRecord,
    FileHashes,
    ParityRecord,
)
from arborisk.bundle.reference import Reference
from arborisk.calibration.table import CalibrationTable
from arborisk.errors import BundleError
from arborisk.leftovers import scratch_beside


def write_bundle(
    folder: Path,
    *,
    model: bytes,
    weights: Mapping[str, NDArray[np.generic]],
    description: BundleDescription,
    parity: ParityRecord,
    data: str,
    licence: str,
    calibration: CalibrationTable | None = None,
    reference: Reference | None = None,
    data_card: str = "",
) -> Bundle:
    """Writes a bundle folder; an older bundle of that name is replaced, and only when all is well.

    Args:
        folder: The new bundle.
        model: ONNX file with input ``photos`` and outputs ``logits, feature_map, embedding``.
        weights: Name to array, for those who train on.
        description: What the bundle states about itself.
        parity: Result of the parity gate.
        data: What the photos are, for the model card.
        licence: Licence of the weights, for the model card.
        calibration: What its members said of photos held back, where the description has a
            calibration.
        reference: Its training photos in a small space, for gates and drift.
        data_card: What the data are, as Croissant JSON-LD.

    Returns:
        The bundle, opened from ``folder``.

    Raises:
        BundleError: What was written does not pass its own checks, or ``folder`` holds something
            else than a bundle; nothing is left behind.
    """
    if folder.exists() and not (folder.is_dir() and _may_be_replaced(folder)):
        raise BundleError(
            "an empty place for the bundle",
            "other files",
            str(folder),
            "Choose a new folder, or empty this one.",
        )
    if (description.calibration is None) != (calibration is None):
        given = "none" if calibration is None else "one"
        stated = "a table for the stated calibration" if calibration is None else "no table"
        raise BundleError(
            stated,
            given,
            str(folder),
            "Give both the record of the calibration and its table, or neither.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    description = _of_this_file(description, model)
    contents = {
        MODEL: model,
        WEIGHTS: to_safetensors(dict(weights)),
        PARITY: _json(parity.model_dump(mode="json")),
        CARD: write_card(description, parity, data=data, licence=licence).encode(),
    }
    if calibration is not None:
        contents[CALIBRATION] = to_safetensors(calibration.to_arrays())
    if reference is not None:
        contents[REFERENCE] = to_safetensors(reference.to_arrays())
    if data_card:
        contents[DATA_CARD] = data_card.encode()
    contents[RECORD] = _json(_record(description, contents).model_dump(mode="json", by_alias=True))
    with scratch_beside(folder) as scratch:
        new = scratch / "new"
        new.mkdir()
        for name, content in contents.items():
            (new / name).write_bytes(content)
        load_bundle(new)
        _exchange(folder, new, scratch / "old")
    return load_bundle(folder)


def _of_this_file(description: BundleDescription, model: bytes) -> BundleDescription:
    """The description with the hash of the network that its calibration belongs to."""
    if description.calibration is None:
        return description
    own = description.calibration.model_copy(
        update={"model_sha256": hashlib.sha256(model).hexdigest()}
    )
    return description.model_copy(update={"calibration": own})


def _exchange(folder: Path, new: Path, old: Path) -> None:
    """Gives a new bundle its name; a stop at any moment leaves the older one in its place."""
    try:
        if folder.exists():
            os.replace(folder, old)
        os.replace(new, folder)
    except BaseException:
        if old.exists() and not folder.exists():
            os.replace(old, folder)
        raise


def _may_be_replaced(folder: Path) -> bool:
    """Whether a folder is empty or a bundle."""
    return (folder / RECORD).exists() or not any(folder.iterdir())


def _record(description: BundleDescription, contents: Mapping[str, bytes]) -> BundleRecord:
    """Record with the hashes of the files and the id that follows from all."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    draft = BundleRecord(
        format_version=FORMAT_VERSION,
        bundle_id="0" * BUNDLE_ID_DIGITS,
        description=description,
        files=FileHashes.model_validate(hashes),
    )
    return draft.model_copy(update={"bundle_id": draft.computed_id()})


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
