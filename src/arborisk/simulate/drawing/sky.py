"""The sky: a gradient with clouds."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.noise import Purpose, enlarged, generator, smooth_noise
from arborisk.simulate.drawing.parts import Pixels
from arborisk.simulate.drawing.view import View

COARSE = 4
"""The sky is made at a quarter of the size; it has no fine detail."""


def paint_sky(view: View, light: Light, site_seed: int, seed: int) -> Pixels:
    """Sky over the whole picture.

    Args:
        view: The camera.
        light: Light of the scene.
        site_seed: Weather.
        seed: The clouds of this photo.

    Returns:
        uint8 (height, width, 3).
    """
    weather = generator(Purpose.SKY, site_seed)
    cover = weather.uniform(-1.4, 0.5) if light.sun > 0.5 else weather.uniform(0.6, 2.0)
    rng = generator(Purpose.SKY, site_seed, seed)
    rows, columns = view.height_px // COARSE + 1, view.width_px // COARSE + 1
    clouds = smooth_noise(rng, 2 * rows, columns, cell=columns * 0.6, octaves=6)
    # Squeezed: clouds seen from the side are wider than high.
    clouds = clouds[::2]
    lumps = smooth_noise(rng, rows, columns, cell=columns * 0.3, octaves=3)
    down = np.linspace(0.0, 1.0, rows, dtype=np.float32)[:, None]
    deep = np.array([102.0, 144.0, 196.0]) + weather.uniform(-10.0, 10.0, 3)
    low = np.array([186.0, 207.0, 225.0])
    blue = deep + (low - deep) * (down**0.8)[..., None]
    if light.sun < 0.5:
        blue = np.array([172.0, 182.0, 194.0]) + 20.0 * down[..., None]
    amount = np.clip((clouds + cover) * (0.75 if light.sun < 0.5 else 1.1), 0.0, 1.0)[..., None]
    # Undersides are greyer: where there is more cloud above than below.
    step = max(2, rows // 40)
    above = np.concatenate([clouds[:step], clouds[:-step]])
    under = np.clip(above - clouds, -0.6, 0.6)[..., None]
    grey = (0.86 if light.sun < 0.5 else 0.96) + 0.04 * lumps[..., None] - 0.09 * under
    white = np.array([238.0, 240.0, 243.0]) * grey
    coarse = blue * (1.0 - 0.9 * amount) + white * 0.9 * amount
    layers = [
        np.clip(enlarged(coarse[..., band], view.height_px, view.width_px), 0, 250)
        for band in range(3)
    ]
    return np.stack(layers, axis=-1).astype(np.uint8)
