"""Embeddings of photos by a pretrained network, computed once for each photo and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.files import written_whole
from arborisk.models.backbone import N_COMPARED, Backbone, backbone_session, user_cache_dir
from arborisk.models.settings import TestViews
from arborisk.models.table import DEFAULT_MODEL
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Progress


def read_parts(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Every embedding kept in a folder, by the hash of its photo.

    A part that cannot be read is left out: its photos are embedded again.

    Args:
        folder: May be missing.
    """
    kept: dict[str, NDArray[np.float32]] = {}
    for path in sorted(folder.glob("part-*.npz")):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as part:
                kept.update(zip(part["sha256"].tolist(), part["embedding"], strict=True))
        except (BadZipFile, OSError, ValueError, KeyError):
            continue
    return kept


def write_part(folder: Path, fresh: Mapping[str, NDArray[np.float32]]) -> None:
    """Adds a part; it appears whole or not at all.

    Args:
        folder: Made where missing.
        fresh: Embedding by the hash of its photo, at least one.
    """
    name = hashlib.sha256("".join(fresh).encode()).hexdigest()[:16]
    with written_whole(folder / f"part-{name}.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, sha256=np.array(list(fresh)), embedding=np.stack(list(fresh.values())))


Device = Literal["auto", "cpu", "cuda"]
Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""From raw pictures, shape (n, size, size, channels), to embeddings, shape (n, d)."""

BATCH = 16  # photos at a time: larger is no faster on processors
GPU_BATCH = 64


@dataclass(frozen=True, slots=True)
class Embedding:
    """A way to compute embeddings.

    Attributes:
        embed: Does it.
        batch: Photos to give it at a time.
    """

    embed: Embed
    batch: int


def usual_way(
    backbone: Backbone,
    examples: NDArray[np.uint8],
    *,
    folder: Path | None,
    n_threads: int | None,
    device: Device,
) -> Embedding:
    """Torch on a CUDA GPU when there is one; else ONNX Runtime, which is faster on processors.

    Args:
        backbone: What to compute.
        examples: Real pictures, shape (n, size, size, channels), n at least 1.
        folder: Where exported backbones are kept; None means the user's cache.
        n_threads: Processor threads; None means all cores.
        device: ``auto`` takes the GPU when there is one.

    Raises:
        SettingsError: There is no GPU, and it was asked for.
        ArboriskError: See `arborisk.models.backbone.backbone_session`.
    """
    if device != "cpu":
        import torch

        if torch.cuda.is_available():
            return Embedding(torch_way(backbone, "cuda"), GPU_BATCH)
        if device == "cuda":
            raise SettingsError(
                expected="a CUDA GPU that torch can use",
                found="none",
                where="settings, training.device",
                remedy="Leave the device at 'auto', or install torch for CUDA.",
            )
    session = backbone_session(
        examples, backbone, folder=folder or user_cache_dir(), n_threads=n_threads
    )

    def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = session.run(None, {"photos": pictures})[0]
        return found

    return Embedding(embed, BATCH)


def torch_way(backbone: Backbone, device: str) -> Embed:
    """Torch, in whole float32: a GPU's shortened one would differ in the third digit.

    Args:
        backbone: What to compute.
        device: Torch's name of the device.
    """
    import torch

    embedder = backbone.embedder().to(device)

    def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            found: NDArray[np.float32] = (
                embedder(torch.from_numpy(pictures).to(device)).cpu().numpy()
            )
        return found

    return embed


KEEP_EVERY = 512  # photos a part of the store: what a kill can cost at most
PARTS: dict[TestViews, tuple[tuple[bool, bool], ...]] = {
    "one": ((False, False),),
    "mirror": ((False, False), (False, True)),
    "mirror_zoom": ((False, False), (False, True), (True, False), (True, True)),
}
"""Whether each view shows the middle, and whether it is mirrored, in the order of
`arborisk.models.network.views_of`."""


class PicturesToEmbed(Protocol):
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
    arrays: PicturesToEmbed,
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
    arrays: PicturesToEmbed,
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

    def embed(self, arrays: PicturesToEmbed, way: Embedding) -> Iterator[int]:
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
