"""Drawn scenes to decode and compare: textured as photos are, no tree in particular."""

import numpy as np
import pytest
from PIL import Image, ImageDraw


@pytest.fixture(scope="session")
def scene():
    """Draws a scene: `scene(width, height, seed)`; sky, ground, a stem, leaves, fine texture."""

    def draw(width, height, seed):
        rng = np.random.default_rng(seed)
        down = np.linspace(0, 1, height)[:, None, None]
        pixels = np.array([90, 140, 215]) + down * rng.uniform(-60, 90, 3)
        pixels = np.broadcast_to(pixels, (height, width, 3)).copy()
        pixels[int(rng.uniform(0.6, 0.8) * height) :] = rng.uniform(50, 130, 3)
        for cells in (6, 24, 96):
            noise = rng.normal(0, 60 / cells**0.5, (cells, cells)).astype(np.float32)
            pixels += np.asarray(Image.fromarray(noise).resize((width, height)))[..., None]
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        pen = ImageDraw.Draw(image)
        middle = rng.uniform(0.3, 0.7) * width
        stem = rng.uniform(0.01, 0.05) * width
        pen.rectangle([middle - stem, 0.3 * height, middle + stem, 0.9 * height], fill=(70, 52, 40))
        for _ in range(400):
            x, y = rng.normal(middle, 0.18 * width), rng.normal(0.4 * height, 0.14 * height)
            size, light = rng.uniform(0.003, 0.03) * height, int(rng.integers(40, 150))
            leaf = (int(light * 0.7), light, int(light * 0.3))
            pen.ellipse([x - size, y - size, x + size, y + size], fill=leaf)
        return image

    return draw
