"""Smooth random textures and the random generators that keep parts of a picture independent."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from arborisk.simulate.drawing.canvas import Floats, Pixels, Textures


class Purpose(IntEnum):
    """What a generator is for; each purpose draws from its own stream."""

    LIGHT = 1
    SKY = 2
    GROUND = 3
    BUILT = 4
    OTHER_TREES = 5
    VIEW = 6
    GRAIN = 7
    SHAPE = 8
    SHADE = 9
    DEFECTS = 10
    DISTANCE = 11
    POLE = 12
    LITTER = 13
    BARK = 14


def generator(purpose: Purpose, *seeds: int) -> np.random.Generator:
    """Generator of one purpose; streams of other purposes or seeds share nothing with it."""
    return np.random.default_rng([int(purpose), *seeds])


def enlarged(values: NDArray[np.floating], height: int, width: int) -> Textures:
    """Cubic enlargement of a grid.

    Args:
        values: Shape (rows, columns).
        height: Rows wanted.
        width: Columns wanted.
    """
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def smooth_noise(
    rng: np.random.Generator, height: int, width: int, *, cell: float, octaves: int = 3
) -> Textures:
    """Sum of random grids of ever finer cells, each half as strong as the one before.

    Args:
        rng: Source of randomness.
        height: Rows.
        width: Columns.
        cell: Width of the coarsest cells, in pixels of the result.
        octaves: How many grids.

    Returns:
        Shape (height, width), mean about 0, standard deviation about 1.
    """
    total = np.zeros((height, width), dtype=np.float32)
    strength, power = 1.0, 0.0
    for octave in range(octaves):
        step = cell / 2**octave
        rows, columns = int(height / step) + 3, int(width / step) + 3
        grid = rng.standard_normal((rows, columns), dtype=np.float32)
        total += strength * enlarged(grid, height, width)
        power += strength**2
        strength *= 0.5
    # 0.75: what cubic interpolation between random grid points leaves of their deviation.
    return total / np.float32(0.75 * np.sqrt(power))


def tile_noise(rng: np.random.Generator, size: int, *, cell: int, octaves: int = 3) -> Textures:
    """Noise that repeats without a seam.

    Args:
        rng: Source of randomness.
        size: Rows and columns; a multiple of `cell`.
        cell: Coarsest cells, in pixels; a power of two.
        octaves: How many grids, at most log2(cell) + 1.

    Returns:
        Shape (size, size), mean about 0, standard deviation about 1.
    """
    total = np.zeros((size, size), dtype=np.float32)
    strength, power = 1.0, 0.0
    for octave in range(octaves):
        step = cell >> octave
        grid = rng.standard_normal((size // step, size // step), dtype=np.float32)
        wrapped = np.pad(grid, 2, mode="wrap")
        whole = enlarged(wrapped, wrapped.shape[0] * step, wrapped.shape[1] * step)
        edge = 2 * step
        total += strength * whole[edge : edge + size, edge : edge + size]
        power += strength**2
        strength *= 0.5
    return total / np.float32(0.75 * np.sqrt(power))


def looked_up(tile: Textures, column: Floats, row: Floats) -> Textures:
    """Values of a repeating tile at any place, nearest pixel.

    Args:
        tile: Shape (size, size), size a power of two.
        column: Places across, any shape.
        row: Places down, same shape.
    """
    last = tile.shape[0] - 1
    found: Textures = tile[row.astype(np.int64) & last, column.astype(np.int64) & last]
    return found


BLUR_PX = 0.55
GRAIN = 3.2
"""Standard deviation of the grain, grey levels of 255."""


def expose(image: Pixels, seed: int) -> Pixels:
    """A photo of a painted scene. Every pixel depends on its near neighbours only.

    Args:
        image: uint8 (height, width, 3).
        seed: The photo's seed.
    """
    rng = generator(Purpose.GRAIN, seed)
    height, width = image.shape[:2]
    soft = np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(BLUR_PX)))
    down = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    across = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    corners = 1.0 - np.float32(rng.uniform(0.03, 0.1)) * (down**2 + across**2)
    exposure = np.float32(rng.uniform(0.93, 1.07))
    grain = np.float32(GRAIN) * rng.standard_normal((height, width), dtype=np.float32)
    photo = soft * (corners * exposure)[..., None]
    photo += grain[..., None]
    np.clip(photo, 0.0, 255.0, out=photo)
    exposed: Pixels = photo.astype(np.uint8)
    return exposed
