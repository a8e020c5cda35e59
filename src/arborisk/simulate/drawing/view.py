"""The camera: where the horizon lies, how far it is tilted, how metres become pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.simulate.drawing.canvas import Colour, Floats
from arborisk.simulate.drawing.noise import Purpose, generator

EYE_HEIGHT_M = 1.6
NOMINAL_HEIGHT_M = 15.0
"""The scenery is scaled as if every main tree had this height. Were it scaled with the tree, the
background alone would tell the tree's height, and so something of its likelihood of failure."""

MAX_ROLL_DEG = 3.0
FILL = (0.6, 0.9)
"""Share of the picture's height that the tree takes up."""

MARGIN = 0.025
"""Least distance of the tree from the picture's border, as a share of the width."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera, independent of the tree before it.

    Attributes:
        width_px: Width of the picture.
        height_px: Height of the picture.
        roll_deg: Tilt of the picture, positive clockwise.
        foot_px: Where the main tree would stand, (across, down) before the tilt.
        horizon_px: Height of the horizon, pixels from the top before the tilt.
        fill: Share of the picture's height wanted for the tree.
        px_per_m: Scale of the scenery at the distance of the tree.
    """

    width_px: int
    height_px: int
    roll_deg: float
    foot_px: tuple[float, float]
    horizon_px: float
    fill: float
    px_per_m: float

    def tilted(self, points_px: Floats) -> Floats:
        """Turns points (n, 2) about the picture's middle by the tilt."""
        return (points_px - self._middle) @ self._turn.T + self._middle

    def untilted(self, points_px: Floats) -> Floats:
        """Undoes `tilted`."""
        return (points_px - self._middle) @ self._turn + self._middle

    def plane(self, x_m: float, distance: float) -> Plane:
        """Upright plane of the scenery.

        Args:
            x_m: Where its origin lies, metres right of the picture's middle.
            distance: In distances of the main tree: 1 stands beside it, 2 twice as far away.
        """
        scale = self.px_per_m / distance
        foot = (self.width_px / 2 + x_m * scale, self.horizon_px + EYE_HEIGHT_M * scale)
        return Plane(self, foot, scale)

    @property
    def _middle(self) -> Floats:
        return np.array([self.width_px / 2, self.height_px / 2])

    @property
    def _turn(self) -> Floats:
        angle = np.radians(self.roll_deg)
        return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@dataclass(frozen=True, slots=True)
class Plane:
    """An upright plane parallel to the picture, measured in metres right and up from its foot.

    Attributes:
        view: The camera.
        foot_px: The foot in the picture, (across, down) before the tilt.
        px_per_m: Scale.
    """

    view: View
    foot_px: tuple[float, float]
    px_per_m: float

    def to_px(self, points_m: Floats) -> Floats:
        """Places in the picture, (n, 2) across and down, of points (n, 2) right and up."""
        return self.view.tilted(self.foot_px + points_m * (self.px_per_m, -self.px_per_m))

    def to_m(self, points_px: Floats) -> Floats:
        """Undoes `to_px`."""
        return (self.view.untilted(points_px) - self.foot_px) / (self.px_per_m, -self.px_per_m)


def choose_view(width_px: int, height_px: int, seed: int) -> View:
    """Camera of a photo; nothing of the tree enters.

    Args:
        width_px: Width of the picture.
        height_px: Height of the picture.
        seed: The photo's seed.
    """
    rng = generator(Purpose.VIEW, seed)
    fill = float(rng.uniform(*FILL))
    lowest = min(0.95, 0.985 - 0.06 * fill)
    foot_y = float(rng.uniform(max(0.84, fill + 0.02), lowest)) * height_px
    foot_x = float(np.clip(rng.normal(0.5, 0.05), 0.38, 0.62)) * width_px
    px_per_m = fill * height_px / NOMINAL_HEIGHT_M
    return View(
        width_px=width_px,
        height_px=height_px,
        roll_deg=float(np.clip(rng.normal(0.0, 1.2), -MAX_ROLL_DEG, MAX_ROLL_DEG)),
        foot_px=(foot_x, foot_y),
        horizon_px=foot_y - EYE_HEIGHT_M * px_per_m,
        fill=fill,
        px_per_m=px_per_m,
    )


def frame_tree(view: View, outline_m: Floats, room_m: float) -> Plane:
    """Plane of the main tree, such that all of it lies in the picture.

    The tree takes the share of the height that the view asks for, or less where it would not fit.

    Args:
        view: The camera.
        outline_m: Outline (n, 2) of the tree, metres right and up from its foot.
        room_m: How far leaves and twigs reach beyond it.
    """
    margin = MARGIN * view.width_px
    flat = outline_m * (1.0, -1.0)
    turned = view.tilted(flat) - view.tilted(np.zeros((1, 2)))
    left, top = turned.min(axis=0) - room_m
    right = turned[:, 0].max() + room_m
    foot = view.tilted(np.array([view.foot_px]))[0]
    scale = min(
        view.fill * view.height_px / float(outline_m[:, 1].max()),
        (view.width_px - 2 * margin) / float(right - left),
        foot[1] / float(-top),
    )
    shift = max(0.0, margin - (foot[0] + left * scale))
    shift -= max(0.0, foot[0] + right * scale - (view.width_px - margin))
    return Plane(view, (view.foot_px[0] + shift, view.foot_px[1]), scale)


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
