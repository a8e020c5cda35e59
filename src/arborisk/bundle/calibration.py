"""The calibration that a bundle carries, for this very network and no other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arborisk.bundle.files import MODEL, safe_arrays
from arborisk.bundle.record import BundleDescription, BundleRecord, CalibrationRecord
from arborisk.calibration.maps import CalibrationMap
from arborisk.calibration.table import CalibrationTable
from arborisk.errors import BundleError

_REMEDY = "Get the bundle again from its maker, as a whole folder."


@dataclass(frozen=True, slots=True)
class Calibration:
    """Map and table.

    Attributes:
        map: From what a member says to calibrated probabilities.
        table: What the members said of photos held back: sets, thresholds and estimates of
            prevalence all follow from it.
    """

    map: CalibrationMap
    table: CalibrationTable


def map_of(record: CalibrationRecord) -> CalibrationMap:
    """The map that a record states."""
    return CalibrationMap(record.method, np.array(record.weight), np.array(record.bias))


def read_calibration(record: BundleRecord, content: bytes, path: Path) -> Calibration:
    """Calibration of a bundle, from the bytes that were hashed.

    Args:
        record: What ``bundle.json`` says; its description has a calibration.
        content: Bytes of ``calibration.safetensors``.
        path: Where they come from, for the message.

    Raises:
        BundleError: The table cannot be, or belongs to another network.
    """
    description: BundleDescription = record.description
    stated = description.calibration
    if stated is None:
        raise BundleError("a calibration", "none", str(path), _REMEDY)
    own = record.files.by_name()[MODEL]
    if stated.model_sha256 != own:
        raise BundleError(
            f"a calibration of {MODEL} with hash {own[:12]}...",
            f"one of {stated.model_sha256[:12] or 'none'}",
            str(path),
            _REMEDY,
        )
    table = CalibrationTable.from_arrays(
        safe_arrays(content, str(path)),
        n_classes=len(description.scheme.classes),
        n_members=description.n_members,
        where=str(path),
    )
    return Calibration(map_of(stated), table)
