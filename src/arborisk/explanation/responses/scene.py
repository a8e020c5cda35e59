"""One scene, drawn once, with many versions of the tree in it. Light: workers import it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.errors import SettingsError
from arborisk.preprocess.prepare import prepare_image
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.simulate.drawing.canvas import DrawnPhoto
from arborisk.simulate.drawing.compose import Scene
from arborisk.simulate.drawing.figure import figure_of
from arborisk.simulate.pictures import JPEG_QUALITY
from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.trees import DrawnTree, Site, draw_sites

FEWEST_DRAWN = 2
LEAST_STAND = 24
"""Trees of the stand that the first few are taken from: it must hold all three classes."""
STREAM = 11
"""Keeps these sites and photos apart from those of stands of the same seed."""


@dataclass(frozen=True, slots=True)
class BaseTree:
    """A tree, a place of its own, and the seed of its one photo.

    Attributes:
        tree: The tree before anything is changed.
        site: Where it stands.
        photo_seed: Seed of camera, sky, background and grain: the same at all levels.
    """

    tree: DrawnTree
    site: Site
    photo_seed: int


def draw_base_trees(n_trees: int, seed: int) -> tuple[BaseTree, ...]:
    """Trees as a stand has them, each at a site of its own, so that they are independent.

    Args:
        n_trees: How many.
        seed: Same seed, same trees; of two numbers, the smaller gives the first of the larger only
            up to 24 trees.

    Raises:
        SettingsError: Fewer than two trees.
    """
    if n_trees < FEWEST_DRAWN:
        raise SettingsError(
            f"at least {FEWEST_DRAWN} drawn trees", f"{n_trees}", "responses", "Ask for more trees."
        )
    stand = draw_stand(n_trees=max(n_trees, LEAST_STAND), seed=seed)
    rng = np.random.default_rng([seed, STREAM])
    sites = draw_sites(n_trees, rng)
    photo_seeds = rng.integers(0, 2**31, n_trees)
    return tuple(
        BaseTree(replace(tree, site_id=site.site_id), site, int(photo_seed))
        for tree, site, photo_seed in zip(stand.trees, sites, photo_seeds, strict=False)
    )


THUMBNAIL_PX = 240


@dataclass(frozen=True, slots=True)
class SceneTask:
    """What a worker draws.

    Attributes:
        base: The tree, its site and its photo's seed.
        versions: The tree with one thing changed, n in all.
        size_px: Width and height of the photos.
        preprocess: How a photo becomes an array.
        keep: Versions of which a small picture is kept.
    """

    base: BaseTree
    versions: tuple[DrawnTree, ...]
    size_px: tuple[int, int]
    preprocess: PreprocessSettings
    keep: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnVersions:
    """What a worker gives.

    Attributes:
        arrays: Prepared pictures, each once, uint8 (m, size, size, channels).
        place: Number of the array of each version, (n,): the same where the pictures are the same
            byte for byte.
        thumbnails: Small JPEG pictures by number of the version.
    """

    arrays: NDArray[np.uint8]
    place: NDArray[np.int64]
    thumbnails: Mapping[int, bytes]


def draw_versions(task: SceneTask) -> DrawnVersions:
    """Draws all versions of a tree and prepares them as photos of a stand are prepared."""
    number_of: dict[bytes, int] = {}
    arrays: list[NDArray[np.uint8]] = []
    place: list[int] = []
    thumbnails: dict[int, bytes] = {}
    photos = draw_in_scene(task.base, task.versions, task.size_px)
    for number, photo in enumerate(photos):
        key = photo.image.tobytes()
        if key not in number_of:
            number_of[key] = len(arrays)
            arrays.append(prepare_image(_as_photo(photo.image), task.preprocess))
        place.append(number_of[key])
        if number in task.keep:
            thumbnails[number] = _small(photo.image)
    return DrawnVersions(np.stack(arrays), np.array(place), thumbnails)


def draw_in_scene(
    base: BaseTree, versions: Sequence[DrawnTree], size_px: tuple[int, int]
) -> Iterator[DrawnPhoto]:
    """The same pictures as `arborisk.simulate.drawing.draw_photo` gives, byte for byte.

    What lies around the tree takes most of the time and is painted once for all versions.

    Args:
        base: Site and seed of the photo.
        versions: The tree with one thing changed.
        size_px: Width and height.
    """
    scene = Scene.of(base.site, *size_px, base.photo_seed)
    for tree in versions:
        yield scene.draw(tree, figure_of(tree))


def _as_photo(image: NDArray[np.uint8]) -> Image.Image:
    """The picture as it comes back from the JPEG file that a stand would hold."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=JPEG_QUALITY)
    stream.seek(0)
    photo = Image.open(stream)
    photo.load()
    return photo


def _small(image: NDArray[np.uint8]) -> bytes:
    small = Image.fromarray(image)
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=75, optimize=True)
    return stream.getvalue()
