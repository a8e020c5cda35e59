"""What was found inside a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.dataset.schemes import ClassScheme
from arborisk.explanation.inside.fields import UnitField
from arborisk.explanation.inside.layers import Layer


@dataclass(frozen=True, slots=True)
class Excited:
    """For each unit the photos that excite it most, at most one a group, strongest first.

    Attributes:
        values: Activation, shape (units, kept); -inf where there were fewer groups.
        photos: Number of the photo, shape (units, kept); -1 where there were fewer groups.
        places: Place in the map, row by row, shape (units, kept).
    """

    values: NDArray[np.float32]
    photos: NDArray[np.int64]
    places: NDArray[np.int64]


class Strongest:
    """Keeps them; its memory does not grow with the photos.

    Args:
        n_units: Units of the layer.
        n_kept: Places kept a unit.
    """

    def __init__(self, n_units: int, n_kept: int) -> None:
        self._n_kept = n_kept
        self._values = np.full((n_units, n_kept), -np.inf, dtype=np.float32)
        self._means = np.zeros((n_units, n_kept), dtype=np.float32)
        # photo, place, group
        self._about = np.full((n_units, n_kept, 3), -1, dtype=np.int64)

    def add(
        self,
        values: NDArray[np.float32],
        means: NDArray[np.float32],
        places: NDArray[np.int64],
        photos: NDArray[np.int64],
        groups: NDArray[np.int64],
    ) -> None:
        """Takes in the largest activations of some photos.

        Args:
            values: Largest activation of each unit in each photo, shape (n, units).
            means: Mean over the places, shape (n, units): of photos with the same value, as where
                an activation has a cap, the one with the larger mean excites a unit more.
            places: Where the largest is, shape (n, units).
            photos: Number of each photo, shape (n,).
            groups: Number of each photo's group, 0 or more, shape (n,).
        """
        whose = np.stack([np.broadcast_to(one[:, None], values.shape) for one in (photos, groups)])
        new = np.stack([whose[0], places, whose[1]], axis=-1).transpose(1, 0, 2)
        values = np.concatenate([self._values, values.T], axis=1)
        about = np.concatenate([self._about, new], axis=1)
        means = np.concatenate([self._means, means.T], axis=1)
        values, means, about = _sorted(values, means, about)
        groups = about[:, :, 2]
        for column in range(1, groups.shape[1]):
            again = (groups[:, :column] == groups[:, column, None]).any(axis=1)
            values[again, column] = -np.inf
        about[np.isneginf(values)] = -1
        values, means, about = _sorted(values, means, about)
        kept = slice(self._n_kept)
        self._values, self._means = values[:, kept], means[:, kept]
        self._about = about[:, kept]

    def found(self) -> Excited:
        """What has been found so far."""
        return Excited(self._values, self._about[:, :, 0], self._about[:, :, 1])


def _sorted(
    values: NDArray[np.float32], means: NDArray[np.float32], about: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Each row from the largest value, then mean, down; of equal ones the earlier photo first."""
    order = np.lexsort((-means, -values), axis=1)
    return (
        np.take_along_axis(values, order, axis=1),
        np.take_along_axis(means, order, axis=1),
        np.take_along_axis(about, order[:, :, None], axis=1),
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """Kernels of a first convolution, as they are.

    Attributes:
        title: Of the layer.
        kernels: Shape (filters, channels, height, width); of a grey picture shown to a network for
            colour the sum over the colours.
    """

    title: str
    kernels: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """Activations of all units of a layer over all photos, each array of shape (units,).

    Attributes:
        mean: Mean over photos and places.
        spread: Standard deviation over photos of the mean over a photo's places.
        weight: What the mean of a unit adds to the score of the contrast, per unit of activation;
            None for a layer that the classifier does not read.
        excited: The photos that excite each unit most, and where.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weight: NDArray[np.float64] | None
    excited: Excited


@dataclass(frozen=True, slots=True)
class Patch:
    """Part of a photo that excites a unit.

    Attributes:
        photo: Number of the photo.
        value: Activation there.
        pixels: The part, shape (side, side, channels).
        framed: What is framed in it, see `arborisk.explanation.inside.records.Window`.
    """

    photo: int
    value: float
    pixels: NDArray[np.uint8]
    framed: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Climbed:
    """A picture made by gradient ascent.

    Attributes:
        pixels: Shape (side, side, channels).
        began: Value for the grey noise it began with.
        reached: Value for the picture.
    """

    pixels: NDArray[np.uint8]
    began: float
    reached: float


@dataclass(frozen=True, slots=True)
class UnitInside:
    """One unit of a layer.

    Attributes:
        number: From 0.
        why: Why it is shown.
        patches: What excites it most among the photos, strongest first.
        climbed: The picture made for it.
    """

    number: int
    why: str
    patches: tuple[Patch, ...]
    climbed: Climbed


@dataclass(frozen=True, slots=True)
class PhotoMaps:
    """Feature maps of one photo at one layer.

    Attributes:
        mean: Mean over all units, shape (side, side).
        strongest: Numbers of the units with the largest activation, strongest first.
        strongest_maps: Their maps, shape (some, side, side).
        chosen_maps: Maps of the units shown, in their order, shape (units shown, side, side).
    """

    mean: NDArray[np.float32]
    strongest: tuple[int, ...]
    strongest_maps: NDArray[np.float32]
    chosen_maps: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LayerInside:
    """One layer that is shown.

    Attributes:
        layer: Which one.
        field: What its places look at.
        facts: Of all its units.
        units: The units shown.
        maps: Feature maps of each example photo.
    """

    layer: Layer
    field: UnitField
    facts: UnitFacts
    units: tuple[UnitInside, ...]
    maps: tuple[PhotoMaps, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A photo whose feature maps are shown.

    Attributes:
        photo: Its number.
        score: Score of the contrast.
        why: Why it is shown.
        pixels: Shape (size, size, channels).
    """

    photo: int
    score: float
    why: str
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ContrastClimb:
    """A picture made to raise or to lower the score of a contrast.

    Attributes:
        way: ``raised`` or ``lowered``.
        climbed: The picture; its values are scores.
        farthest: Score of the photo that goes farthest that way.
        photo: Number of that photo.
        photo_pixels: That photo, shape (size, size, channels).
    """

    way: str
    climbed: Climbed
    farthest: float
    photo: int
    photo_pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Inside:
    """Everything that is shown of the inside of a network.

    Attributes:
        model: Name in the table of models.
        titles: Titles of the classes.
        contrast: What "used" is about.
        scheme: The classes, where a bundle states them.
        drawn: Whether the photos or the training are of drawn trees.
        size_px: Side of an array.
        channels: 1 (grey) or 3 (colour).
        crop: What of a photo an array shows.
        names: Name of each photo.
        n_groups: Groups of the photos.
        body: Which body was looked at, from 0.
        n_bodies: Bodies with weights of their own.
        n_classifiers: Last layers, of which the score is the mean.
        seed: Start of all that is random.
        walk: All layers, in order of computation.
        layers: Those that are shown.
        filters: First kernels of each part of the body.
        examples: The photos whose maps are shown.
        climbs: Pictures made for the contrast and for its opposite.
    """

    model: str
    titles: tuple[str, ...]
    contrast: Contrast
    scheme: ClassScheme | None
    drawn: bool
    size_px: int
    channels: int
    crop: str
    names: tuple[str, ...]
    n_groups: int
    body: int
    n_bodies: int
    n_classifiers: int
    seed: int
    walk: tuple[Layer, ...]
    layers: tuple[LayerInside, ...]
    filters: tuple[Filters, ...]
    examples: tuple[Example, ...]
    climbs: tuple[ContrastClimb, ...]

    @property
    def contrast_title(self) -> str:
        """The contrast in words."""
        return self.contrast.title(self.titles)


LEAST_PX = 32
"""Narrower fields are shown with what surrounds them: three pixels alone show nothing."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the array, and a square inside it that is framed.

    Attributes:
        left: First column, in pixels.
        top: First row, in pixels.
        side: In pixels.
        framed: Left, top, right and bottom of what is framed in it, in pixels of the window; None
            where that is all of it.
    """

    left: int
    top: int
    side: int
    framed: tuple[float, float, float, float] | None


def window_at(
    row_px: float, column_px: float, *, shown_px: int, framed_px: int, size_px: int
) -> Window:
    """The window around a place, moved where needed so that it lies inside the array.

    Args:
        row_px: Middle of what the place sees, from the top.
        column_px: The same from the left.
        shown_px: Side of the window, if it is not too small to be seen.
        framed_px: Side of the square around the middle that is framed.
        size_px: Side of the array.

    >>> window_at(10.0, 100.0, shown_px=9, framed_px=9, size_px=224)
    Window(left=84, top=0, side=32, framed=(11.5, 5.5, 20.5, 14.5))
    """
    side = min(size_px, max(shown_px, LEAST_PX))
    left, top = (
        int(min(max(round(middle - side / 2), 0), size_px - side)) for middle in (column_px, row_px)
    )
    if framed_px >= side:
        return Window(left, top, side, None)
    half = framed_px / 2
    edges = (column_px - half - left, row_px - half - top)
    far = (column_px + half - left, row_px + half - top)
    inside = tuple(float(min(max(edge, 0.0), side)) for edge in (*edges, *far))
    return Window(left, top, side, (inside[0], inside[1], inside[2], inside[3]))


def cut(array: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """The pixels of a window, shape (side, side, channels); a copy."""
    rows = slice(window.top, window.top + window.side)
    columns = slice(window.left, window.left + window.side)
    return np.array(array[rows, columns])


ASKED = "was asked for"
USED = "is used most: its weight times its spread over the photos is among the largest"
VARIES = "varies most from photo to photo"
DRAWN = "was taken at random, so that not only striking units are seen"


def choose_units(
    facts: UnitFacts, n_units: int, *, seed: int, asked: Sequence[int] = ()
) -> tuple[tuple[int, str], ...]:
    """Units with the reason for each: those asked for, then the foremost, then one at random.

    The foremost are those that the score of the contrast uses most, where the classifier reads the
    layer, and else those that vary most.

    Args:
        facts: Of the layer's units.
        n_units: Units wanted beside those asked for; the last of two or more is random.
        seed: Chooses it.
        asked: Units asked for.

    Returns:
        Number and reason, fewer than wanted in a narrow layer.
    """
    rank, why = facts.spread, VARIES
    if facts.weight is not None:
        rank, why = np.abs(facts.weight) * facts.spread, USED
    chosen = dict.fromkeys(asked, ASKED)
    foremost = [int(number) for number in np.argsort(-rank, kind="stable") if number not in chosen]
    n_first = n_units - 1 if n_units > 1 else n_units
    chosen.update((number, why) for number in foremost[:n_first])
    rest = foremost[n_first:]
    if n_units > 1 and rest:
        chosen[rest[int(np.random.default_rng(seed).integers(len(rest)))]] = DRAWN
    return tuple(chosen.items())
