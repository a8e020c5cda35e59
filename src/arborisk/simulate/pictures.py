"""Draws photos and part masks to files, on several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from arborisk.files import written_whole
from arborisk.photos.workers import map_photos
from arborisk.records import Progress
from arborisk.simulate.trees import DrawnTree, Site

CAMERA_MAKE = "arborisk drawn"


@dataclass(frozen=True, slots=True)
class PhotoJob:
    """One photo to draw.

    Attributes:
        name: File name without suffix.
        tree: The tree.
        site: Where it stands.
        taken_at: Local time of exposure.
        latitude: Degrees north.
        longitude: Degrees east.
        heading_deg: Compass direction of view, 0 to 360.
        seed: Seed of the camera's place and of all else that differs between photos.
    """

    name: str
    tree: DrawnTree
    site: Site
    taken_at: datetime
    latitude: float
    longitude: float
    heading_deg: float
    seed: int

    @property
    def file(self) -> str:
        """Path of the photo below the folder of photos."""
        return f"{self.name}.jpg"


def exif_of(job: PhotoJob) -> Image.Exif:
    """Time, place, direction and maker, as a phone writes them."""
    stamp = job.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = CAMERA_MAKE
    exif[ExifTags.Base.Model] = "drawn tree"
    exif[ExifTags.Base.Orientation] = 1
    exif[ExifTags.Base.DateTime] = stamp
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = stamp
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N" if job.latitude >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _degrees_minutes_seconds(job.latitude),
            ExifTags.GPS.GPSLongitudeRef: "E" if job.longitude >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _degrees_minutes_seconds(job.longitude),
            ExifTags.GPS.GPSImgDirectionRef: "T",
            ExifTags.GPS.GPSImgDirection: job.heading_deg,
        }
    )
    return exif


def _degrees_minutes_seconds(angle_deg: float) -> tuple[float, float, float]:
    """Unsigned angle as EXIF keeps it; seconds to a thousandth, about 3 cm."""
    thousandths = round(abs(angle_deg) * 3_600_000)
    degrees, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return float(degrees), float(minutes), rest / 1000


LEAF_ON_DAYS = (datetime(2024, 5, 20), 125)
LEAF_OFF_DAYS = (datetime(2024, 11, 25), 110)
"""First day and number of days of the season with leaves and of that without."""

METRES_PER_DEGREE = 111_320.0


def plan_visits(
    trees: Sequence[DrawnTree], sites: Sequence[Site], *, photos_per_tree: int, seed: int
) -> tuple[PhotoJob, ...]:
    """Photos of all trees, site by site, in the order they are taken.

    Args:
        trees: Trees, those of one site next to each other.
        sites: Their sites.
        photos_per_tree: Views of each tree; the first views do not depend on how many follow.
        seed: Seed of times, places and cameras.
    """
    site_of = {site.site_id: site for site in sites}
    clocks = {site.site_id: _start_of_visit(site) for site in sites}
    jobs: list[PhotoJob] = []
    for number, tree in enumerate(trees):
        site = site_of[tree.site_id]
        place = np.random.default_rng([seed, number])
        east_m, north_m = place.uniform(-30.0, 30.0, 2)
        latitude = site.latitude + north_m / METRES_PER_DEGREE
        longitude = site.longitude + east_m / (
            METRES_PER_DEGREE * np.cos(np.radians(site.latitude))
        )
        for view in range(photos_per_tree):
            camera = np.random.default_rng([seed, number, view])
            clocks[site.site_id] += timedelta(seconds=int(camera.integers(40, 240)))
            jobs.append(
                PhotoJob(
                    name=f"{tree.tree_id}-{view + 1}",
                    tree=tree,
                    site=site,
                    taken_at=clocks[site.site_id],
                    latitude=float(latitude),
                    longitude=float(longitude),
                    heading_deg=round(float(camera.uniform(0.0, 360.0)), 1),
                    seed=int(camera.integers(0, 2**31)),
                )
            )
    return tuple(jobs)


def _start_of_visit(site: Site) -> datetime:
    """Some working hour of some day of the site's season; fixed by the site's seed."""
    first, n_days = LEAF_ON_DAYS if site.leaf_on else LEAF_OFF_DAYS
    rng = np.random.default_rng(site.seed)
    return first + timedelta(
        days=int(rng.integers(0, n_days)), minutes=int(rng.integers(9 * 60, 15 * 60))
    )


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
