"""Draws photos and part masks to files, on several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.files import written_whole
from arborisk.photos.workers import map_photos
from arborisk.records import Progress
from arborisk.simulate.jobs import PhotoJob, exif_of

JPEG_QUALITY = 90
PART_PALETTE = (
    *(150, 190, 230),  # sky
    *(150, 130, 95),  # ground
    *(190, 110, 90),  # built
    *(90, 130, 110),  # other trees
    *(40, 150, 40),  # crown
    *(200, 180, 60),  # dead crown
    *(110, 70, 40),  # stem
    *(170, 90, 160),  # root flare
    *(230, 40, 40),  # defect
    *(30, 30, 30),  # wires
)
"""Colours of the mask codes 0 to 9, for people who open a mask; the codes are what counts."""


class DrawnPicture(Protocol):
    """What a drawing function gives: see `arborisk.simulate.drawing.DrawnPhoto`."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """Red, green, blue, shape (height, width, 3)."""

    @property
    def parts(self) -> NDArray[np.uint8]:
        """Codes of the parts shown, shape (height, width)."""


Draw = Callable[..., DrawnPicture]
"""Called as ``draw(tree, site, width_px=, height_px=, seed=, blank_cues=)``."""


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What all pictures of a stand share.

    Attributes:
        photos: Folder of the JPEG files.
        masks: Folder of the PNG part masks.
        width_px: Width of a photo.
        height_px: Height of a photo.
        blank_cues: Whether everything that tells of the tree's state is left out.
    """

    photos: Path
    masks: Path
    width_px: int
    height_px: int
    blank_cues: bool


def draw_pictures(
    jobs: Sequence[PhotoJob],
    settings: PictureSettings,
    draw: Draw,
    *,
    n_processes: int,
    progress: Progress | None = None,
) -> None:
    """Draws the photos that are not there yet, each with its mask.

    Every picture depends on its job alone, so the number of processes changes nothing.

    Args:
        jobs: What to draw.
        settings: How and where to.
        draw: The drawing function; must be importable by worker processes.
        n_processes: 1 draws in this process.
        progress: Called as photos get done, those already there included.
    """
    settings.photos.mkdir(parents=True, exist_ok=True)
    settings.masks.mkdir(parents=True, exist_ok=True)
    todo = [job for job in jobs if not _is_done(job, settings)]
    done = len(jobs) - len(todo)
    if progress is not None:
        progress(done, len(jobs))
    work = partial(_draw_one, settings=settings, draw=draw)
    with closing(map_photos(work, todo, n_processes=n_processes)) as drawn:
        for number, _ in enumerate(drawn, start=done + 1):
            if progress is not None:
                progress(number, len(jobs))


def available_processes() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _mask_path(job: PhotoJob, settings: PictureSettings) -> Path:
    return settings.masks / f"{job.name}.png"


def _is_done(job: PhotoJob, settings: PictureSettings) -> bool:
    """Whether photo and mask are there; the mask is written first."""
    return (settings.photos / job.file).is_file() and _mask_path(job, settings).is_file()


def _draw_one(job: PhotoJob, settings: PictureSettings, draw: Draw) -> None:
    """Draws one photo and writes it, mask first."""
    picture = draw(
        job.tree,
        job.site,
        width_px=settings.width_px,
        height_px=settings.height_px,
        seed=job.seed,
        blank_cues=settings.blank_cues,
    )
    mask = Image.fromarray(picture.parts)
    mask.putpalette(PART_PALETTE)
    _save(mask, _mask_path(job, settings), "PNG")
    photo = Image.fromarray(picture.image)
    _save(photo, settings.photos / job.file, "JPEG", quality=JPEG_QUALITY, exif=exif_of(job))


def _save(image: Image.Image, path: Path, kind: str, **options: object) -> None:
    """Writes under a temporary name, then renames, so that no half picture is ever found."""
    with written_whole(path) as temporary:
        image.save(temporary, format=kind, **options)
