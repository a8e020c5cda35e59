"""Embeddings of photos by a pretrained network, computed once for each photo and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.models.backbone import N_COMPARED, Backbone
from arborisk.models.embedding_store import read_parts, write_part
from arborisk.models.embedding_ways import Device, Embedding, usual_way
from arborisk.models.settings import TestViews
from arborisk.models.table import DEFAULT_MODEL
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Progress

KEEP_EVERY = 512  # photos a part of the store: what a kill can cost at most
PARTS: dict[TestViews, tuple[tuple[bool, bool], ...]] = {
    "one": ((False, False),),
    "mirror": ((False, False), (False, True)),
    "mirror_zoom": ((False, False), (False, True), (True, False), (True, True)),
}
"""Whether each view shows the middle, and whether it is mirrored, in the order of
`arborisk.models.views.views_of`."""


class Pictures(Protocol):
    """Raw pictures by row: an array, a file mapped into memory, or pictures made when asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, size, size, channels)."""

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Type of a byte."""

    def __getitem__(self, rows: list[int], /) -> NDArray[np.uint8]:
        """The pictures of these rows, shape (len(rows), size, size, channels)."""


def embed_arrays(
    arrays: Pictures,
    *,
    sha256: Sequence[str],
    preprocess: PreprocessSettings,
    cache_dir: Path,
    model: str = DEFAULT_MODEL,
    weights: str = "",
    n_threads: int | None = None,
    device: Device = "auto",
    progress: Progress | None = None,
    backbone_dir: Path | None = None,
) -> NDArray[np.float32]:
    """Embeddings of whole photos, shape (n, d); see `embed_views`."""
    views = embed_views(
        arrays,
        sha256=sha256,
        preprocess=preprocess,
        cache_dir=cache_dir,
        model=model,
        weights=weights,
        n_threads=n_threads,
        device=device,
        progress=progress,
        backbone_dir=backbone_dir,
    )
    whole: NDArray[np.float32] = views[0]
    return whole


def embed_views(
    arrays: Pictures,
    *,
    sha256: Sequence[str],
    preprocess: PreprocessSettings,
    cache_dir: Path,
    model: str = DEFAULT_MODEL,
    weights: str = "",
    views: TestViews = "one",
    n_threads: int | None = None,
    device: Device = "auto",
    progress: Progress | None = None,
    backbone_dir: Path | None = None,
) -> NDArray[np.float32]:
    """Embeddings of the views of each photo, through ONNX Runtime, or torch on a GPU.

    A view once embedded with these settings is never embedded again, in whatever order or data set
    its photo comes back; a killed run goes on where it was.

    Args:
        arrays: Raw pictures, shape (n, size, size, channels); only those missing are read.
        sha256: Name of each picture: the hash of the photo's file, n of them. Pictures of one name
            are the same.
        preprocess: How the pictures were made and how pixels become numbers.
        cache_dir: Where embeddings are kept.
        model: Name from the table of models.
        weights: Name of pretrained weights, or "" for the model's usual ones.
        views: Which views.
        n_threads: Processor threads; None means all cores.
        device: ``auto`` takes a CUDA GPU when there is one.
        progress: Called with the views embedded and to embed; not at all if none is missing.
        backbone_dir: Where exported backbones are kept; None means the user's cache.

    Returns:
        Shape (views, n, d); d depends on the model, and is 0 where there are no photos.

    Raises:
        SettingsError: The pictures are not of the settings' shape, or not one for each hash; the
            model has no such pretrained weights; or there is no GPU.
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
    if not sha256:
        return np.empty((len(PARTS[views]), 0, 0), np.float32)
    jobs = [
        _job(Backbone(model, weights, preprocess, enlarged), mirrored, cache_dir, sha256)
        for enlarged, mirrored in PARTS[views]
    ]
    total = sum(len(job.missing) for job in jobs)
    done = 0
    for enlarged in dict.fromkeys(enlarged for enlarged, _ in PARTS[views]):
        todo = [job for job in jobs if job.missing and job.backbone.enlarged == enlarged]
        if not todo:
            continue
        examples = arrays[list(range(min(len(sha256), N_COMPARED)))]
        way = usual_way(
            todo[0].backbone, examples, folder=backbone_dir, n_threads=n_threads, device=device
        )
        for job in todo:
            for n_embedded in job.embed(arrays, way):
                done += n_embedded
                if progress is not None:
                    progress(done, total)
    return np.stack([np.stack([job.kept[photo] for photo in sha256]) for job in jobs])


@dataclass(frozen=True, slots=True)
class _Job:
    """One view of all photos.

    Attributes:
        backbone: What to compute.
        mirrored: Whether the photos are mirrored first: exact, for it only moves bytes.
        folder: Where the embeddings are kept.
        kept: Embedding by name of the picture; grows.
        missing: Name and row of each picture to embed.
    """

    backbone: Backbone
    mirrored: bool
    folder: Path
    kept: dict[str, NDArray[np.float32]]
    missing: list[tuple[str, int]]

    def embed(self, arrays: Pictures, way: Embedding) -> Iterator[int]:
        """Embeds and keeps what is missing; gives the number of photos of each batch."""
        for start in range(0, len(self.missing), KEEP_EVERY):
            fresh: dict[str, NDArray[np.float32]] = {}
            part = self.missing[start : start + KEEP_EVERY]
            for first in range(0, len(part), way.batch):
                some = part[first : first + way.batch]
                pictures = arrays[[row for _, row in some]]
                if self.mirrored:
                    pictures = pictures[:, :, ::-1]
                found = way.embed(np.ascontiguousarray(pictures))
                fresh.update(zip((name for name, _ in some), found, strict=True))
                yield len(some)
            write_part(self.folder, fresh)
            self.kept.update(fresh)


def _job(backbone: Backbone, mirrored: bool, cache_dir: Path, sha256: Sequence[str]) -> _Job:
    """What of one view is kept, and what is missing.

    Versions of torch and ONNX Runtime are no part of the key: every export is held to torch within
    1e-4 (seen: 2e-6), far below what a head can tell, and an upgrade would embed every photo again.
    """
    preprocess = backbone.preprocess
    scaling = f"{preprocess.means} {preprocess.divisors}"
    decisive = f"{backbone.name} {preprocess.fingerprint()} {scaling} {mirrored}"
    key = hashlib.sha256(decisive.encode()).hexdigest()[:16]
    folder = cache_dir / f"embeddings-{key}"
    kept = read_parts(folder)
    row_of = {name: row for row, name in enumerate(sha256) if name not in kept}
    return _Job(backbone, mirrored, folder, kept, list(row_of.items()))
