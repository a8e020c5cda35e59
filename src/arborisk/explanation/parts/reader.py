"""From a photo to the map of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.explanation.parts.head import load_head_weights
from arborisk.explanation.parts.padding import Padding
from arborisk.explanation.parts.part_map import GRID_LONG_SIDE_PX, PartMap, on_grid
from arborisk.explanation.parts.session import INPUT, parts_session
from arborisk.models.backbone import user_cache_dir
from arborisk.photos.decode import read_photo

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True, slots=True)
class PartsReader:
    """Tells the parts of photos; load it once and keep it.

    Attributes:
        session: The network, see `arborisk.explanation.parts.session`.
    """

    session: onnxruntime.InferenceSession

    @classmethod
    def load(cls, *, folder: Path | None = None, n_threads: int | None = None) -> PartsReader:
        """The reader with the packaged weights.

        The first call on a machine needs torch and takes some seconds; later ones take none of it.

        Args:
            folder: Where the network's file is kept; None for the user's cache.
            n_threads: Processor threads; None means all cores.

        Raises:
            MissingDependencyError: Torch or the body's weights are not installed.
        """
        where = folder or user_cache_dir()
        return cls(parts_session(load_head_weights(), folder=where, n_threads=n_threads))

    def read(self, photo: Path | Image.Image) -> PartMap:
        """The parts of a photo, on the grid of `arborisk.explanation.parts.part_map.on_grid`.

        Args:
            photo: A file, or an upright picture.

        Raises:
            PhotoError: The file is no usable photo; its ``reason`` says why.
        """
        if isinstance(photo, Path):
            photo = read_photo(photo, at_least_px=2 * GRID_LONG_SIDE_PX)
        picture = np.asarray(on_grid(photo))
        return PartMap(self.probability(picture), picture)

    def probability(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probability of each part, shape (n_parts, height, width), of a picture on the grid.

        Args:
            picture: Colours, shape (height, width, 3).
        """
        padding = Padding.of(*picture.shape[:2])
        found = self.session.run(None, {INPUT: padding.add(picture)[None]})[0]
        return np.ascontiguousarray(padding.cut(found[0]), dtype=np.float32)


def read_parts(photo: Path | Image.Image) -> PartMap:
    """The parts of one photo; for several, keep a `PartsReader`."""
    return PartsReader.load().read(photo)
