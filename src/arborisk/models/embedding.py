"""ImageNet embeddings of photos, computed once for each photo and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.models.backbone import DEFINITION, backbone_session, user_cache_dir
from arborisk.models.embedding_store import read_parts, write_part
from arborisk.preprocess import PreprocessSettings
from arborisk.records import Progress

EMBEDDING_SIZE = 1280
BATCH = 16  # photos at a time: larger is no faster on processors
KEEP_EVERY = 512  # photos a part of the store: what a kill can cost at most


def embed_arrays(
    arrays: NDArray[np.uint8],
    *,
    sha256: Sequence[str],
    preprocess: PreprocessSettings,
    cache_dir: Path,
    n_threads: int | None = None,
    progress: Progress | None = None,
    backbone_dir: Path | None = None,
) -> NDArray[np.float32]:
    """Embeddings of EfficientNet-Lite0, through ONNX Runtime.

    A photo once embedded with these settings is never embedded again, in whatever order or data
    set it comes back; a killed run goes on where it was.

    Args:
        arrays: Raw pictures, shape (n, size, size, channels); may be memory-mapped.
        sha256: Hash of each photo's file, n of them.
        preprocess: How the pictures were made and how pixels become numbers.
        cache_dir: Where embeddings are kept.
        n_threads: Processor threads; None means all cores.
        progress: Called with the photos embedded and to embed; not at all if none is missing.
        backbone_dir: Where the exported backbone is kept; None means the user's cache.

    Returns:
        Shape (n, 1280).

    Raises:
        SettingsError: The pictures are not of the settings' shape, or not one for each hash.
        ArboriskError: See `arborisk.models.backbone.backbone_session`.
    """
    wanted_shape = (len(sha256), preprocess.size_px, preprocess.size_px, preprocess.channels)
    if arrays.shape != wanted_shape or arrays.dtype != np.uint8:
        raise SettingsError(
            expected=f"uint8 pictures of shape {wanted_shape}",
            found=f"{arrays.dtype} of shape {arrays.shape}",
            where="pictures to embed",
            remedy="Prepare the photos with the same settings.",
        )
    folder = cache_dir / f"embeddings-{_key(preprocess)}"
    kept = read_parts(folder)
    row_of = {photo: row for row, photo in enumerate(sha256) if photo not in kept}
    missing = list(row_of.items())
    if missing:
        session = backbone_session(
            arrays, preprocess, folder=backbone_dir or user_cache_dir(), n_threads=n_threads
        )
        for start in range(0, len(missing), KEEP_EVERY):
            fresh: dict[str, NDArray[np.float32]] = {}
            part = missing[start : start + KEEP_EVERY]
            for first in range(0, len(part), BATCH):
                some = part[first : first + BATCH]
                pictures = np.ascontiguousarray(arrays[[row for _, row in some]])
                found = session.run(None, {"photos": pictures})[0]
                fresh.update(zip((photo for photo, _ in some), found, strict=True))
                if progress is not None:
                    progress(start + first + len(some), len(missing))
            write_part(folder, fresh)
            kept.update(fresh)
    embeddings = np.empty((len(sha256), EMBEDDING_SIZE), np.float32)
    for row, photo in enumerate(sha256):
        embeddings[row] = kept[photo]
    return embeddings


def _key(preprocess: PreprocessSettings) -> str:
    """Short hash of all that decides an embedding, besides the photo.

    Versions of torch and ONNX Runtime are left out: every export is held to torch within 1e-4
    (seen: 2e-6), far below what a head can tell, and an upgrade would embed every photo again.
    """
    from arborisk.models.efficientnet_lite import WEIGHTS_SHA256

    scaling = f"{preprocess.means} {preprocess.divisors}"
    decisive = f"{DEFINITION} {WEIGHTS_SHA256} {preprocess.fingerprint()} {scaling}"
    return hashlib.sha256(decisive.encode()).hexdigest()[:16]
