"""The light of a scene and how it falls on things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.simulate.drawing.noise import Purpose, generator
from arborisk.simulate.drawing.parts import Colour, Floats


@dataclass(frozen=True, slots=True)
class Light:
    """Sun and sky light.

    Attributes:
        direction: Unit vector towards the sun, (right, up, towards the camera).
        sun: Strength of the sun, 0 (overcast) to 1.
        sun_colour: Factors on red, green and blue of what the sun lights.
        haze_colour: Colour that distance fades to.
    """

    direction: tuple[float, float, float]
    sun: float
    sun_colour: Colour
    haze_colour: Colour

    def shade(self, normals: Floats) -> Floats:
        """Brightness of surfaces, about 0.35 (away from the light) to 1.3.

        Args:
            normals: Unit vectors (n, 3), (right, up, towards the camera).
        """
        lit = np.clip(normals @ np.asarray(self.direction), 0.0, None)
        sky = 0.5 + 0.5 * normals[:, 1]
        overcast = 1.0 - self.sun
        bright: Floats = (
            (0.42 + 0.22 * overcast) + (0.2 + 0.25 * overcast) * sky + 0.85 * self.sun * lit
        )
        return bright

    def faded(self, colour: Colour, distance: float) -> Colour:
        """Colour of a thing some distances of the main tree away."""
        share = min(0.7, 0.1 * (distance - 1.0)) if distance > 1.0 else 0.0
        red, green, blue = (
            value * (1.0 - share) + haze * share
            for value, haze in zip(colour, self.haze_colour, strict=True)
        )
        return red, green, blue


def choose_light(site_seed: int, seed: int) -> Light:
    """Light of a visit: weather and sun by the site, the camera's turn to the sun by the photo."""
    weather = generator(Purpose.LIGHT, site_seed)
    sun = float(weather.choice([0.0, 0.25, 0.7, 1.0], p=[0.25, 0.15, 0.25, 0.35]))
    warmth = float(weather.uniform(0.0, 1.0))
    height = np.radians(weather.uniform(28.0, 60.0))
    turn = generator(Purpose.LIGHT, site_seed, seed)
    side = turn.choice([-1.0, 1.0]) * np.radians(turn.uniform(20.0, 80.0))
    direction = (
        float(np.cos(height) * np.sin(side)),
        float(np.sin(height)),
        float(np.cos(height) * np.cos(side)),
    )
    glow = 0.10 * warmth * sun
    sun_colour = (1.0 + glow, 1.0 + 0.3 * glow, 1.0 - 0.8 * glow)
    haze = (186.0, 198.0, 210.0) if sun > 0.5 else (190.0, 194.0, 198.0)
    return Light(direction, sun, sun_colour, haze)
