"""More pictures that are no photos: the more kinds are known, the more of an unknown kind is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from gates_drawings import PAPERS, sketch

SIDE_PX = 512


def outlines(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """The edges of a photo as lines, dark on paper or, of a third, light on blue."""
    grey = ImageOps.grayscale(photo).filter(ImageFilter.GaussianBlur(random.uniform(0.8, 2.5)))
    edges = np.asarray(grey.filter(ImageFilter.FIND_EDGES), dtype=np.float64)
    strength = np.clip(edges / max(np.quantile(edges, 0.97), 1), 0, 1)[..., None]
    paper, ink = (245.0, 245.0, 240.0), (25.0, 25.0, 30.0)
    if random.random() < 1 / 3:
        paper, ink = (20.0, 50.0, 110.0), (235.0, 240.0, 250.0)
    return _from(np.array(paper) * (1 - strength) + np.array(ink) * strength)


def painting(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Strokes of one colour: the commonest colour around each place, on a rough canvas."""
    small = photo.resize((SIDE_PX // 2, SIDE_PX // 2)).filter(
        ImageFilter.ModeFilter(int(random.choice([5, 7, 9])))
    )
    canvas = random.normal(0, random.uniform(2, 8), (SIDE_PX // 2, SIDE_PX // 2, 1))
    return _from(np.asarray(small, dtype=np.float64) + canvas).resize((SIDE_PX, SIDE_PX))


def dots(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Black dots on paper, as a newspaper prints a photo."""
    side = int(random.integers(120, 320))
    grey = ImageOps.autocontrast(ImageOps.grayscale(photo.resize((side, side))))
    return grey.convert("1").convert("RGB").resize((SIDE_PX, SIDE_PX), Image.Resampling.NEAREST)


def engraving(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Parallel lines, thicker where the photo is darker."""
    grey = np.asarray(ImageOps.autocontrast(ImageOps.grayscale(photo)), dtype=np.float64) / 255
    row, column = np.indices(grey.shape)
    slope, step = random.uniform(-1, 1), random.uniform(4, 8)
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * (row + slope * column) / step)
    return _from(np.where(wave < grey, 245.0, 30.0)[..., None].repeat(3, axis=2))


def coloured_pencil(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """A pencil drawing with some of the photo's colour laid over it."""
    pale = Image.blend(photo, Image.new("RGB", photo.size, "#ffffff"), random.uniform(0.4, 0.8))
    return ImageChops.multiply(sketch(photo), pale)


def child_drawing(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """A tree, perhaps a sun and a house, in few flat colours; the photo only gives its greens."""
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), str(random.choice(PAPERS)))
    pen = ImageDraw.Draw(image)
    colours = [tuple(one) for one in np.asarray(photo.resize((4, 4))).reshape(-1, 3).tolist()]
    ground = int(random.uniform(0.7, 0.9) * SIDE_PX)
    if random.random() < 0.6:
        pen.rectangle([0, ground, SIDE_PX, SIDE_PX], fill=colours[-1])
    middle, half = random.uniform(0.3, 0.7) * SIDE_PX, random.uniform(0.02, 0.06) * SIDE_PX
    top = random.uniform(0.3, 0.5) * SIDE_PX
    pen.rectangle([middle - half, top, middle + half, ground], fill="#6b4a2b")
    for _ in range(int(random.integers(1, 9))):
        x, y = random.normal(middle, 45), random.normal(top, 35)
        radius = random.uniform(35, 110)
        box = [x - radius, y - radius, x + radius, y + radius]
        pen.ellipse(box, fill=colours[int(random.integers(16))], outline="#222222")
    if random.random() < 0.4:
        pen.rectangle([20, ground - 110, 150, ground], fill=colours[2], outline="#222222")
        pen.polygon([(10, ground - 110), (85, ground - 180), (160, ground - 110)], fill="#8a3b2a")
    return image


INKS: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "outlines": outlines,
    "painting": painting,
    "dots": dots,
    "engraving": engraving,
    "coloured pencil": coloured_pencil,
    "child's drawing": child_drawing,
}
"""Made in turn, one of each photo."""


def _from(values: NDArray[np.float64]) -> Image.Image:
    """A picture of values from 0 to 255, cut off there."""
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
