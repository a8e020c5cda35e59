"""What lens and sensor add: softness, darker corners, grain."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from arborisk.simulate.drawing.noise import Purpose, generator
from arborisk.simulate.drawing.parts import Pixels

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
