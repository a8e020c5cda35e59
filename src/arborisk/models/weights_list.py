"""All weights one can start from here: those of packages, and those imported. No torch."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from arborisk.errors import ArboriskError
from arborisk.models.imported_weights import checked_bytes, imported_weights
from arborisk.models.packaged_weights import IMAGENET, PACKAGED, packaged_path

State = Literal["present", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class KnownWeights:
    """One line of ``arborisk weights list``.

    Attributes:
        name: What ``--weights`` calls them.
        model: The model they belong to.
        origin: In a package, or imported.
        state: Whether their file is there, and is the one that was checked.
        licence: Of the weights; "" where nobody said.
        source: Package, or what was said at the import.
        sha256: Hash of the published file.
        file: Where it lies, or "" where it is not installed.
    """

    name: str
    model: str
    origin: Literal["package", "imported"]
    state: State
    licence: str
    source: str
    sha256: str
    file: str


def known_weights() -> list[KnownWeights]:
    """Weights of packages, then imported ones; every file that is there is checked by its hash.

    Raises:
        SettingsError: A record of imported weights cannot be read; says which.
    """
    return [*(_packaged(model) for model in PACKAGED), *imported()]


def _packaged(model: str) -> KnownWeights:
    weights = PACKAGED[model]
    state: State = "missing"
    file = ""
    if importlib.util.find_spec(weights.package) is not None:
        try:
            file, state = str(packaged_path(model)), "present"
        except (ArboriskError, OSError):
            state = "damaged"
    return KnownWeights(
        IMAGENET,
        model,
        "package",
        state,
        weights.licence,
        weights.distribution,
        weights.sha256,
        file,
    )


def imported() -> list[KnownWeights]:
    """Imported weights, by name.

    Raises:
        SettingsError: A record of imported weights cannot be read; says which.
    """
    rows = []
    for weights in imported_weights():
        state: State = "missing"
        if weights.path.is_file():
            try:
                checked_bytes(weights)
                state = "present"
            except ArboriskError:
                state = "damaged"
        rows.append(
            KnownWeights(
                weights.name,
                weights.model,
                "imported",
                state,
                weights.licence,
                weights.source,
                weights.sha256,
                str(Path(weights.path)),
            )
        )
    return rows
