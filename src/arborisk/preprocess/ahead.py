"""Prepare photos while they are imported, so that a large photo is decoded once, not twice."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arborisk.photos.decode import DecodedPhoto
from arborisk.preprocess.cache import ahead_file
from arborisk.preprocess.prepare import decoded_side_px, photo_seed, prepare_decoded
from arborisk.preprocess.settings import PreprocessSettings


@dataclass(frozen=True, slots=True)
class PrepareAhead:
    """Keeps the prepared array of each photo for `prepare_files`; goes with `examine_files`.

    Attributes:
        settings: Of the model that the photos will most likely be used for; in colour, not exact,
            52 pixels a side or more.
        cache_dir: Cache that `prepare_files` will be given.
    """

    settings: PreprocessSettings
    cache_dir: Path

    @property
    def at_least_px(self) -> int:
        """The side at which `prepare_file` decodes: the arrays are then the same."""
        return decoded_side_px(self.settings)

    def __call__(self, decoded: DecodedPhoto, sha256: str) -> None:
        """Prepares one photo and writes its array whole."""
        array = prepare_decoded(decoded, self.settings, seed=photo_seed(sha256))
        path = ahead_file(self.cache_dir, self.settings, sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.npy")
        np.save(temporary, array)
        os.replace(temporary, path)
