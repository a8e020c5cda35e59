"""What was done to a photo to make its copy, in words."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.features import LocalFeatures
from arborisk.wording.lists import listed
from arborisk.wording.percent import percent

_LEAST_REMOVED = 0.03  # share of the area; the border of a frame is not found to the pixel
_LEAST_TURN_DEG = 1.5
_LEAST_STRETCH = 1.06


def change_words(
    first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64], *, mirrored: bool
) -> str:
    """What makes the one photo of the other; which of them came first nobody can tell.

    Args:
        first: Features of the one photo.
        second: Features of the other.
        matrix: From pixels of the first frame to those of the second, shape (2, 3).
        mirrored: Whether it turns the picture over.

    Returns:
        For example ``cropped (15 % of the area removed), turned by 90 degrees``; "" for the whole
        picture as it lies.
    """
    linear = _in_photo_pixels(first, second, matrix[:, :2])
    quarter, rest_deg, upside_down = _turn(linear, mirrored)
    large, small = np.linalg.svd(linear, compute_uv=False)
    removed = removed_share(first, second, matrix)
    words = []
    if removed >= _LEAST_REMOVED:
        words.append(f"cropped ({percent(removed)} of the area removed)")
    if upside_down:
        words.append("flipped upside down")
    elif mirrored:
        words.append("mirrored")
    if quarter and not upside_down:
        words.append(f"turned by {90 * quarter} degrees")
    if abs(rest_deg) >= _LEAST_TURN_DEG:
        words.append(f"turned by {abs(rest_deg):.0f} degrees")
    if large / small >= _LEAST_STRETCH:
        words.append(f"stretched {large / small:.1f} times")
    return listed(words)


def removed_share(
    first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64]
) -> float:
    """Share of the larger picture's area that the smaller one does not show, 0 to 1."""
    return 1 - min(seen_shares(first, second, matrix))


def seen_shares(
    first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64]
) -> tuple[float, float]:
    """Shares of the first picture and of the second that the other one shows, 0 to 1."""
    linear = np.linalg.inv(matrix[:, :2])
    back = np.column_stack([linear, -linear @ matrix[:, 2]])
    return _seen(first.frame, second.frame, matrix), _seen(second.frame, first.frame, back)


def _seen(frame: tuple[int, int], other: tuple[int, int], matrix: NDArray[np.float64]) -> float:
    """Share of a frame that a map carries into the other frame."""
    across, down = np.meshgrid((np.arange(32) + 0.5) / 32, (np.arange(32) + 0.5) / 32)
    points = np.stack([across.ravel() * frame[0], down.ravel() * frame[1]], axis=1)
    carried = points @ matrix[:, :2].T + matrix[:, 2]
    return float(((carried >= 0) & (carried <= other)).all(axis=1).mean())


def _in_photo_pixels(
    first: LocalFeatures, second: LocalFeatures, linear: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A map of frames as one of the photos themselves, whose pixels are square."""
    to_frame = np.array(first.frame) / first.content
    to_photo = np.array(second.content) / second.frame
    return np.asarray(to_photo[:, None] * linear * to_frame)


def _turn(linear: NDArray[np.float64], mirrored: bool) -> tuple[int, float, bool]:
    """Quarter turns, 0 to 3, what is left in degrees, and whether it is flipped upside down."""
    upright = linear @ np.diag([-1.0, 1.0]) if mirrored else linear
    left, _, right = np.linalg.svd(upright)
    rotation = left @ right
    turn_deg = math.degrees(math.atan2(rotation[1, 0], rotation[0, 0]))
    quarter = round(turn_deg / 90)
    # Mirrored and turned by half a circle is the same as flipped upside down.
    return quarter % 4, turn_deg - 90 * quarter, mirrored and quarter % 4 == 2
