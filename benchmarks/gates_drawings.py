"""Pictures that are no photos, made of photos or of nothing: sketches, cartoons, screens."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

SIDE_PX = 640
INKS = ("#1b2327", "#333333", "#0b3d91", "#777777", "#ffffff", "#8a3b75")
PAPERS = ("#ffffff", "#f3f5f4", "#111418", "#e8f0fe", "#fff8e1", "#2b2b2b")
TEXT = (
    "Tree inspection report Date Site Address Order Crown Stem Roots Notes Total Settings Messages "
    "Share Delete Cancel OK Search 12:45 4G 83% Page Table Figure Inbox Reply Today Yesterday"
)


def sketch(photo: Image.Image) -> Image.Image:
    """A pencil drawing of a photo: its grey over its blurred negative."""
    grey = ImageOps.grayscale(photo)
    blurred = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(6))
    ground = np.maximum(255 - np.asarray(blurred, dtype=np.float64), 1)
    drawn = np.minimum(np.asarray(grey, dtype=np.float64) * 255 / ground, 255)
    return Image.fromarray(drawn.astype(np.uint8)).convert("RGB")


def cartoon(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Few flat colours of a photo, half of such pictures with dark outlines."""
    flat = photo.filter(ImageFilter.MedianFilter(9))
    flat = ImageOps.posterize(ImageOps.autocontrast(flat), int(random.integers(2, 4)))
    if random.random() < 0.5:
        edges = ImageOps.grayscale(flat).filter(ImageFilter.FIND_EDGES)
        lines = ImageOps.invert(edges.point(lambda value: 255 if value > 40 else 0))
        flat = ImageChops.multiply(flat, lines.convert("RGB"))
    return flat


def screen(random: np.random.Generator, photo: Image.Image | None = None) -> Image.Image:
    """A screen with a bar, lines of text, bars of a chart, and a photo inside it if given."""
    width, height = SIDE_PX, int(SIDE_PX * random.uniform(0.7, 1.9))
    image = Image.new("RGB", (width, height), str(random.choice(PAPERS)))
    pen = ImageDraw.Draw(image)
    pen.rectangle([0, 0, width, height // 14], fill=str(random.choice(INKS)))
    ink, size = str(random.choice(INKS)), int(random.integers(14, 34))
    y = height // 14 + 20
    if photo is not None:
        share = random.uniform(0.4, 0.75)
        image.paste(photo.resize((width, int(height * share))), (0, y))
        y += int(height * share) + 15
    while y < height - size:
        if random.random() < 0.15:
            end = float(random.uniform(0.3, 0.95)) * width
            colour = tuple(int(value) for value in random.integers(60, 256, 3))
            pen.rectangle([20, y, end, y + 2 * size], fill=colour)
            y += 2 * size + 12
        else:
            line = " ".join(random.choice(TEXT.split(), int(random.integers(2, 9))))
            pen.text((20, y), line, fill=ink, font_size=size)
            y += int(size * 1.6)
    return image
