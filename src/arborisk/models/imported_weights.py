"""Imported weights as they are kept: a safetensors file and a record of where it came from.

They lie in the user's data folder, not in the cache: they cannot be made again. No torch here.
"""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arborisk.errors import Remedy, SettingsError, command
from arborisk.models.packaged_weights import FROM_SCRATCH, IMAGENET, packaged_bodies

NAME_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"


class ImportedWeights(BaseModel):
    """What is known of one imported file.

    Attributes:
        name: What ``build(..., weights=...)`` and ``--weights`` call them.
        model: Name of the model they belong to.
        sha256: Hash of the file that was imported.
        stored_sha256: Hash of the file that is kept, checked whenever it is read.
        n_parameters: Learnt numbers in it.
        n_classes: Classes its own last layer told apart; that layer is not used here.
        licence: As the person said who imported it, or "".
        source: As the person said who imported it: an address or a name, or "".
        imported: Day of the import.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=f"^{NAME_PATTERN}$")
    model: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    stored_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    n_parameters: int
    n_classes: int
    licence: str = ""
    source: str = ""
    imported: date

    @property
    def identity(self) -> str:
        """Short text that differs whenever the weights do: 16 digits of the hash."""
        return self.sha256[:16]

    @property
    def path(self) -> Path:
        """The file that is kept."""
        return weights_dir() / f"{self.name}.safetensors"


def user_data_dir() -> Path:
    """Folder for files that cannot be made again: ARBORISK_DATA, or the system's usual place."""
    if "ARBORISK_DATA" in os.environ:
        return Path(os.environ["ARBORISK_DATA"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "arborisk"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "arborisk"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "arborisk"


def weights_dir() -> Path:
    """Folder of the imported weights; may be missing."""
    return user_data_dir() / "weights"


def imported_weights() -> list[ImportedWeights]:
    """All imported weights, by name.

    Raises:
        SettingsError: A record cannot be read; says which.
    """
    return [_read(path) for path in sorted(weights_dir().glob("*.json"))]


def find_imported(model: str, name: str) -> ImportedWeights:
    """Imported weights of a model, by name.

    Args:
        model: Name of the model.
        name: Name of the weights.

    Raises:
        SettingsError: No such weights, or they are another model's; lists those there are.
    """
    known = imported_weights()
    found = next((weights for weights in known if weights.name == name), None)
    if found is not None and found.model == model:
        return found
    names = [FROM_SCRATCH, *([IMAGENET] if packaged_bodies(model) else [])]
    names += [weights.name for weights in known if weights.model == model]
    raise SettingsError(
        expected=f"weights of {model}: {' or '.join(names)}",
        found=repr(name) if found is None else f"{name!r}, which are weights of {found.model}",
        where="weights of the network",
        remedy=Remedy(
            "Choose with {}, or import a file with {}.",
            command("weights list"),
            command("weights import"),
        ),
    )


def checked_bytes(weights: ImportedWeights) -> bytes:
    """Content of the kept file.

    Raises:
        SettingsError: It is missing or damaged: import it again.
    """
    content = weights.path.read_bytes() if weights.path.is_file() else b""
    found = hashlib.sha256(content).hexdigest()
    if found != weights.stored_sha256:
        raise SettingsError(
            expected=f"a file whose SHA-256 begins {weights.stored_sha256[:16]}",
            found=found[:16] if content else "no such file",
            where=str(weights.path),
            remedy=Remedy("Import the file again with {}.", command("weights import")),
        )
    return content


def _read(path: Path) -> ImportedWeights:
    """One record."""
    try:
        weights = ImportedWeights.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise SettingsError(
            expected="a record of imported weights",
            found=str(error).splitlines()[0],
            where=str(path),
            remedy=Remedy(
                "Delete it and import the file again with {}.", command("weights import")
            ),
        ) from error
    if weights.name != path.stem:
        raise SettingsError(
            expected=f"the record of {path.stem}",
            found=f"that of {weights.name}",
            where=str(path),
            remedy="Give the file its name back, or delete it and import the weights again.",
        )
    return weights
