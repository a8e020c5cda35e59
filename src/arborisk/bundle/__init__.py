"""The hand-over: a model in a folder that anyone may open safely and that needs no torch.

Reading a bundle runs no code of its maker: there is no pickle, every file is checked against its
hash and a size limit, and the network may use nothing but standard operators and its own bytes.
The hashes show damage and mix-ups; they do not show who made the bundle. What remains: a network
may be wrong on purpose, or made to take much memory or time on its first run.
"""

from arborisk.bundle.card_doubt import LEANS
from arborisk.bundle.check import check_against_probe, probe_array
from arborisk.bundle.load import Bundle, BundleOutput, find_bundle, load_bundle
from arborisk.bundle.record import (
    BundleDescription,
    BundleRecord,
    CalibrationRecord,
    ParityRecord,
    ScoreRecord,
)
from arborisk.bundle.scheme import ClassRecord, SchemeRecord
from arborisk.bundle.session import open_session, run_session, softmax
from arborisk.bundle.write import write_bundle

__all__ = [
    "LEANS",
    "Bundle",
    "BundleDescription",
    "BundleOutput",
    "BundleRecord",
    "CalibrationRecord",
    "ClassRecord",
    "ParityRecord",
    "SchemeRecord",
    "ScoreRecord",
    "check_against_probe",
    "find_bundle",
    "load_bundle",
    "open_session",
    "probe_array",
    "run_session",
    "softmax",
    "write_bundle",
]
