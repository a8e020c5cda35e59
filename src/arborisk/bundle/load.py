"""Opens a bundle from anyone, or says by name what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime as ort
import pydantic_core
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from arborisk.bundle.files import (
    CALIBRATION,
    MODEL,
    PARITY,
    RECORD,
    REFERENCE,
    check_hash,
    checked_path,
    read_file,
    refuse_unsafe_onnx,
    safe_arrays,
)
from arborisk.bundle.record import (
    FORMAT_VERSION,
    BundleDescription,
    BundleRecord,
    CalibrationRecord,
    ParityRecord,
    id_of,
)
from arborisk.bundle.reference import Reference
from arborisk.bundle.session import (
    check_against_probe,
    check_signature,
    log_softmax,
    open_session,
    run_session,
    softmax,
)
from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.errors import BundleError, Remedy, command

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


_Record = TypeVar("_Record", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class BundleOutput:
    """What the network says of a batch of n photos.

    Attributes:
        probability: Shape (n, n_classes); rows sum to 1; classes as in the scheme.
        embedding: Shape (n, d): the pooled features.
        feature_map: Shape (n, c, h, w): the last map before pooling.
        member_log_probability: Log of what each averaged network says, shape (n, n_members,
            n_classes).
    """

    probability: NDArray[np.float64]
    embedding: NDArray[np.float32]
    feature_map: NDArray[np.float32]
    member_log_probability: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle.

    Attributes:
        folder: Where it lies.
        record: What ``bundle.json`` says.
        parity: What ``parity.json`` says.
        session: The network; several threads may use it at once.
        calibration: What its members said of photos held back, or None for a refit.
        reference: Its training photos in a small space, or None.
    """

    folder: Path
    record: BundleRecord
    parity: ParityRecord
    session: ort.InferenceSession
    calibration: Calibration | None = None
    reference: Reference | None = None

    @property
    def bundle_id(self) -> str:
        """Sixteen hexadecimal digits that follow from the whole content."""
        return self.record.bundle_id

    @property
    def description(self) -> BundleDescription:
        """What its maker states about it."""
        return self.record.description

    def predict(self, arrays: NDArray[np.uint8]) -> BundleOutput:
        """Runs the network.

        Args:
            arrays: Prepared photos, uint8, shape (n, size, size, channels), n at least 1, made by
                `arborisk.preprocess` with ``description.preprocess``.

        Raises:
            BundleError: The arrays have another type or shape; prepare them with these settings.
        """
        settings = self.description.preprocess
        shape = (settings.size_px, settings.size_px, settings.channels)
        if arrays.dtype != np.uint8 or arrays.shape[1:] != shape or len(arrays) == 0:
            raise BundleError(
                f"arrays of uint8 and shape (n, {shape[0]}, {shape[1]}, {shape[2]}), n at least 1",
                f"{arrays.dtype} and shape {arrays.shape}",
                "Bundle.predict",
                "Prepare the photos with the preprocessing settings of the bundle.",
            )
        logits, feature_map, embedding, members = run_session(
            self.session, arrays, where=str(self.folder)
        )
        if not (np.isfinite(logits).all() and np.isfinite(members).all()):
            raise BundleError(
                "finite outputs",
                "NaN or infinity",
                str(self.folder),
                "Do not use this bundle; export it again.",
            )
        return BundleOutput(
            softmax(logits), embedding, feature_map, log_softmax(members.astype(np.float64))
        )


def find_bundle(path: Path) -> Path:
    """Folder of the bundle: the path itself, or ``bundle`` inside it when it is a run folder.

    Raises:
        BundleError: Neither is a bundle.
    """
    for folder in (path, path / "bundle"):
        if (folder / RECORD).exists():
            return folder
    raise BundleError(
        f"a bundle (a folder with {RECORD}) or a run folder",
        "neither" if path.exists() else "nothing",
        str(path),
        Remedy("Give the folder that {} wrote, or the bundle inside it.", command("train")),
    )


def load_bundle(path: Path, *, n_threads: int = 1) -> Bundle:
    """Opens a bundle after checking all of it. Safe on a folder from a stranger.

    Args:
        path: Bundle folder, or run folder that holds one.
        n_threads: Threads used within one run of the network.

    Raises:
        BundleError: Missing, damaged, mismatched, hostile or too new; names what and the remedy.
    """
    folder = find_bundle(path)
    record = read_record(folder)
    hashes = record.files.by_name()
    model, parity_json = read_file(folder, MODEL), read_file(folder, PARITY)
    check_hash(folder / MODEL, hashes[MODEL], model)
    check_hash(folder / PARITY, hashes[PARITY], parity_json)
    for name in set(hashes) - {MODEL, PARITY, CALIBRATION, REFERENCE}:
        check_hash(checked_path(folder, name), hashes[name])
    parity = _parse(ParityRecord, parity_json, folder / PARITY)
    where = str(folder / MODEL)
    refuse_unsafe_onnx(model, where)
    session = open_session(model, n_threads=n_threads, where=where)
    check_signature(session, record.description, where)
    check_against_probe(session, record.description, parity.probe_probability, where)
    calibration = None
    if record.description.calibration is not None:
        content = read_file(folder, CALIBRATION)
        check_hash(folder / CALIBRATION, hashes[CALIBRATION], content)
        calibration = read_calibration(record, content, folder / CALIBRATION)
    reference = None
    if REFERENCE in hashes:
        content = read_file(folder, REFERENCE)
        check_hash(folder / REFERENCE, hashes[REFERENCE], content)
        where = str(folder / REFERENCE)
        reference = Reference.from_arrays(safe_arrays(content, where), where=where)
    return Bundle(folder, record, parity, session, calibration, reference)


def read_record(folder: Path) -> BundleRecord:
    """Reads ``bundle.json``: its version first, since a newer one may hold anything else."""
    content = read_file(folder, RECORD)
    path = folder / RECORD
    try:
        version = pydantic_core.from_json(content)["format_version"]
    except (ValueError, TypeError, KeyError) as error:
        raise _not_valid(path, f"{type(error).__name__}: {error}") from error
    if version != FORMAT_VERSION:
        raise BundleError(
            f"bundle format version {FORMAT_VERSION}",
            f"version {str(version)[:20]!r}",
            str(path),
            "Update arborisk, or ask for a bundle in this version.",
        )
    record = _parse(BundleRecord, content, path)
    found = id_of(pydantic_core.from_json(content))
    if record.bundle_id != found:
        raise BundleError(
            f"the content that bundle_id {record.bundle_id} stands for",
            f"other content (id {found}): the file was changed by hand or damaged",
            str(path),
            "Get the bundle again, as a whole folder.",
        )
    return record


def _parse(kind: type[_Record], content: bytes, path: Path) -> _Record:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part)[:60] for part in first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise _not_valid(path, f"{at or 'the file'}: {first['msg'][:300]}{more}") from error


def _not_valid(path: Path, problem: str) -> BundleError:
    return BundleError(
        f"a valid {path.name}",
        ascii(problem)[1:-1],
        str(path),
        "Get the bundle again from its maker, as a whole folder.",
    )
