"""Gaps of sky inside a marked crown: a rectangle of twigs or leaves is never purely of them.

Twigs: the colours of a rectangle are split in two; where the lighter side is a colour of sky, a
pixel is sky by as much as its colour lies on the way from the darker to the lighter side. Leaves:
pixels that are surely of the colour of sky are sky. What cannot be told is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float64]

FEWEST_LEVELS = 45.0
"""Distance of the two colours, in grey levels over three channels, below which there is no gap."""
SURE = 0.25
"""Shares of sky among twigs within this of 0 or 1 are rounded."""


def sky_share(pixels: Colours, part: str, skies: Sequence[Colours]) -> NDArray[np.float64]:
    """Share of sky in each pixel of a rectangle, shape (height, width); NaN where not known.

    Args:
        pixels: Colours 0 to 255, shape (height, width, 3).
        part: What was marked.
        skies: Mean colours of the sky marked in the same photo, each of shape (3,).
    """
    if part == "bare_wood":
        return _among_twigs(pixels, skies)
    if part == "crown":
        sure = like_sky(pixels, skies, near=40, blue=25, dark=90, bright=215, tint=25)
        maybe = like_sky(pixels, skies, near=90, blue=8, dark=70, bright=165, tint=40)
        return np.where(sure, 1.0, np.where(maybe, np.nan, 0.0))
    return np.zeros(pixels.shape[:2])


def _among_twigs(pixels: Colours, skies: Sequence[Colours]) -> NDArray[np.float64]:
    dark, light = two_colours(pixels.reshape(-1, 3))
    way = light - dark
    if np.linalg.norm(way) < FEWEST_LEVELS:
        return np.zeros(pixels.shape[:2])
    share = np.clip((pixels - dark) @ way / (way @ way), 0, 1)
    share = np.where(share < SURE, 0.0, np.where(share > 1 - SURE, 1.0, share))
    if like_sky(light[None], skies, near=60, blue=18, dark=0, bright=140, tint=30)[0]:
        return np.asarray(share)
    return np.where(share > 0.5, np.nan, 0.0)


def two_colours(colours: Colours) -> tuple[Colours, Colours]:
    """Means of the darker and the lighter of two groups of colours, by 2-means."""
    light = colours.mean(axis=1)
    centres = [
        colours[light <= np.quantile(light, 0.1)].mean(axis=0),
        colours[light >= np.quantile(light, 0.9)].mean(axis=0),
    ]
    for _ in range(8):
        far = [((colours - centre) ** 2).sum(axis=1) for centre in centres]
        lighter = far[1] < far[0]
        if lighter.all() or not lighter.any():
            break
        centres = [colours[~lighter].mean(axis=0), colours[lighter].mean(axis=0)]
    return centres[0], centres[1]


def like_sky(
    colours: Colours,
    skies: Sequence[Colours],
    *,
    near: float,
    blue: float,
    dark: float,
    bright: float,
    tint: float,
) -> NDArray[np.bool_]:
    """Where a colour is like a marked sky, or blue and not dark, or bright without a tint."""
    light = colours.mean(axis=-1)
    red, green, own = colours[..., 0], colours[..., 1], colours[..., 2]
    found = (own - red > blue) & (own > green) & (light > dark)
    found |= (colours.max(axis=-1) - colours.min(axis=-1) < tint) & (light > bright)
    for sky in skies:
        found |= np.linalg.norm(colours - sky, axis=-1) < near
    return np.asarray(found)
