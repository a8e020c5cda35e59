"""The photos of training that a bundle remembers, with the embeddings of its own network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from arborisk.bundle.reference import Reference, build_reference
from arborisk.bundle.session import run_session

MOST_EMBEDDED = 100
"""Photos that are embedded for this alone, where no embeddings are at hand."""
BATCH = 8


@dataclass(frozen=True, slots=True)
class TrainingPhotos:
    """Photos to remember.

    Attributes:
        arrays: Prepared, uint8, shape (n, size, size, channels).
        groups: Group of each, length n.
        class_index: Class of each, shape (n,).
        embedding: Of the exported network, shape (n, d), or None to have it embed some of them.
    """

    arrays: NDArray[np.uint8]
    groups: Sequence[str]
    class_index: NDArray[np.int64]
    embedding: NDArray[np.float32] | None = None

    def remembered(self, session: ort.InferenceSession, *, where: str) -> Reference:
        """What the bundle keeps of them.

        Args:
            session: The exported network.
            where: For the message.
        """
        if self.embedding is not None:
            return build_reference(self.embedding, self.arrays, self.groups, self.class_index)
        n_photos = len(self.arrays)
        kept = np.unique(
            np.linspace(0, n_photos - 1, min(MOST_EMBEDDED, n_photos)).astype(np.int64)
        )
        arrays = self.arrays[kept]
        embedding = np.concatenate(
            [
                run_session(session, arrays[start : start + BATCH], where=where)[2]
                for start in range(0, len(arrays), BATCH)
            ]
        )
        groups = [self.groups[row] for row in kept]
        return build_reference(embedding, arrays, groups, self.class_index[kept])
