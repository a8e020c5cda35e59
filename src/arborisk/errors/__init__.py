"""Errors that a person can mend: their kinds, their remedies, and sentences for all others."""

from arborisk.errors.kinds import (
    ArboriskError,
    AssessmentError,
    BundleError,
    DatasetError,
    MissingDependencyError,
    OutputError,
    PhotoError,
    Remedy,
    SettingsError,
    SplitError,
    Step,
    TableError,
    command,
    escaped,
    extra,
    key,
    option,
)
from arborisk.errors.sentences import as_sentence

__all__ = [
    "ArboriskError",
    "AssessmentError",
    "BundleError",
    "DatasetError",
    "MissingDependencyError",
    "OutputError",
    "PhotoError",
    "Remedy",
    "SettingsError",
    "SplitError",
    "Step",
    "TableError",
    "as_sentence",
    "command",
    "escaped",
    "extra",
    "key",
    "option",
]
