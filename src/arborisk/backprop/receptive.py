"""How much of the picture one number of a layer has seen: its receptive field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """What one number of a layer looks at, away from the edges of the picture.

    Attributes:
        side_px: Side of the square that it has seen, in pixels of the input.
        step_px: How far the squares of two neighbours lie apart, in pixels of the input.
    """

    side_px: int
    step_px: int


def receptive_fields(windows: Sequence[tuple[int, int]]) -> tuple[Field, ...]:
    """The receptive field after each of a row of windows.

    A window of k numbers that lie ``step`` pixels apart sees (k - 1) steps more than one of them.

    Args:
        windows: Side and stride of each convolution or pooling, first to last.

    Returns:
        One field a window.

    >>> receptive_fields([(7, 2), (2, 2), (3, 1)])[-1]
    Field(side_px=17, step_px=4)
    """
    found: list[Field] = []
    side, step = 1, 1
    for kernel, stride in windows:
        side += (kernel - 1) * step
        step *= stride
        found.append(Field(side, step))
    return tuple(found)
