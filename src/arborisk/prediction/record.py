"""What a network said of one photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from arborisk.records import Failure

PROBABILITY_DIGITS = 6
"""Decimals kept of a probability or its logarithm: below any meaning, above float32's noise."""


@dataclass(frozen=True, slots=True)
class PhotoPrediction:
    """Answer for one photo, or why there is none.

    Attributes:
        photo: Path relative to the folder given, with forward slashes; the name of a single file.
        n_bytes: Size of the file when it was read.
        modified_ns: Its time of change, nanoseconds since 1970: a changed photo is read again.
        probability: What the model said of each class in the order of the scheme, not calibrated;
            empty when the photo failed.
        members: Log-probabilities of each averaged network, one row a member; empty likewise.
        fitness: What the gates measured, by name; empty where nothing was.
        failure: Why there is no answer, or None.
        taken_at: Local time of exposure, ISO 8601, or "".
        latitude: Degrees north, if stated.
        longitude: Degrees east, if stated.
        remark: What the photo's header says and is not used, or "".
    """

    photo: str
    n_bytes: int
    modified_ns: int
    probability: tuple[float, ...] = ()
    members: tuple[tuple[float, ...], ...] = ()
    fitness: Mapping[str, float] = field(default_factory=dict)
    failure: Failure | None = None
    taken_at: str = ""
    latitude: float | None = None
    longitude: float | None = None
    remark: str = ""
