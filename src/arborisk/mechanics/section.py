"""Strength that a hollow stem keeps, as a share of the sound section's (W/W0)."""

from __future__ import annotations

import numpy as np

from arborisk.mechanics.wind import Floats, Values, floats


def concentric_strength_ratio(wall_ratio: Values) -> Floats:
    """Bending strength kept by a closed, concentric hollow: ``1 - (1 - t/R)^4``.

    At t/R = 0.3 it is 0.76: the "t/R rule" is no threshold of strength.

    Args:
        wall_ratio: Sound wall over stem radius, t/R, 0 to 1.

    Source: section modulus of a tube; 0.760 at 0.3 as in Huang et al. (2017), R. Soc. Open Sci.
    """
    return floats(1.0 - (1.0 - floats(wall_ratio)) ** 4)


def wagener_loss(wall_ratio: Values) -> Floats:
    """Strength loss after Wagener, ``(d_i / D)^3``. Source: Wagener (1963); assumed, unverified."""
    return floats((1.0 - floats(wall_ratio)) ** 3)


def coder_loss(wall_ratio: Values) -> Floats:
    """Strength loss after Coder, ``(d_i / D)^4``. Source: Coder (1989); assumed, unverified."""
    return floats((1.0 - floats(wall_ratio)) ** 4)


def smiley_fraedrich_loss(wall_ratio: Values, opening_share: Values) -> Floats:
    """Strength loss of a hollow with an opening: ``(d_i^3 + r_o (D^3 - d_i^3)) / D^3``.

    Args:
        wall_ratio: Sound wall over stem radius, t/R, 0 to 1.
        opening_share: Opening over circumference, r_o, 0 to 1.

    Source: Smiley & Fraedrich (1992); assumed, not verified against the paper.
    """
    closed = wagener_loss(wall_ratio)
    return floats(closed + floats(opening_share) * (1.0 - closed))


def strength_ratio(wall_ratio: Values, opening_share: Values) -> Floats:
    """Bending strength kept: the tube where closed, Smiley-Fraedrich where open.

    The two do not meet at an opening of 0, because Smiley-Fraedrich rests on the cube: an opening
    always costs something. The result never exceeds the tube's.

    Args:
        wall_ratio: t/R, 0 to 1.
        opening_share: Opening over circumference, 0 to 1; broadcasts with ``wall_ratio``.
    """
    wall, opening = np.broadcast_arrays(floats(wall_ratio), floats(opening_share))
    return np.where(
        opening > 0, 1.0 - smiley_fraedrich_loss(wall, opening), concentric_strength_ratio(wall)
    )
