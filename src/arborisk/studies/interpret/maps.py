"""Maps of the photos of a run, each made with the network that had not learnt from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.attribution.activation import why_not_exact
from arborisk.explanation.attribution.attribute import attribute
from arborisk.explanation.attribution.methods import method_of
from arborisk.explanation.opened import OpenedModel
from arborisk.studies.interpret.subject import Subject, by_member

EXACT, OTHERWISE = "class_activation", "grad_cam"


def usual_method(opened: OpenedModel, asked: str = "") -> str:
    """Method of the maps: the one asked for; else the exact map, or Grad-CAM where there is none.

    Args:
        opened: The model.
        asked: A key of `arborisk.explanation.attribution.METHODS`, or "".

    Raises:
        SettingsError: There is no such method; names those there are.
    """
    if asked:
        method_of(asked)
        return asked
    return OTHERWISE if why_not_exact(opened) else EXACT


def map_maker(
    method: str, seed: int
) -> Callable[[OpenedModel, NDArray[np.uint8], Contrast], NDArray[np.float32]]:
    """Makes maps by a method.

    Args:
        method: A key of `arborisk.explanation.attribution.METHODS`.
        seed: Of methods that draw at random.
    """

    def make(
        opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast
    ) -> NDArray[np.float32]:
        return attribute(opened, arrays, contrast, method, seed=seed).values

    return make


def own_class_maps(subject: Subject, asked: str) -> list[NDArray[np.float32]]:
    """Map of each photo for its own class against all others.

    Args:
        subject: Model and photos.
        asked: Method asked for, or "".
    """
    make = map_maker(usual_method(subject.opened, asked), subject.seed)
    titles = subject.opened.titles
    found: dict[int, NDArray[np.float32]] = {}
    for member, places in by_member(subject.member):
        opened = subject.alone(member)
        for own in np.unique(subject.class_index[places]):
            some = places[subject.class_index[places] == own]
            arrays = np.ascontiguousarray(subject.arrays[some])
            maps = make(opened, arrays, Contrast.between(titles, titles[own]))
            found.update(zip(some.tolist(), maps, strict=True))
    return [found[number] for number in range(len(subject.arrays))]
