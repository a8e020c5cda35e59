"""What was found inside a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.dataset.schemes import ClassScheme
from arborisk.explanation.inside.fields import Field
from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.strongest import Excited


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
        framed: What is framed in it, see `arborisk.explanation.inside.patches.Window`.
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
    field: Field
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
