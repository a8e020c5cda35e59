"""Maps of the photos of a run, each made with the network that had not learnt from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.attribution import attribute, usual_method
from arborisk.explanation.opened import OpenedModel
from arborisk.studies.interpret.subject import Subject, by_member

AT_A_TIME = 16
"""Photos whose maps are made together: memory stays flat."""


def method_of(opened: OpenedModel, asked: str) -> str:
    """Method of the maps: the one asked for, or the usual one of the model."""
    return asked or usual_method(opened)


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
    make = map_maker(method_of(subject.opened, asked), subject.seed)
    found: dict[int, NDArray[np.float32]] = {}
    for member, places in by_member(subject.member):
        opened = subject.alone(member)
        for own in np.unique(subject.class_index[places]):
            contrast = Contrast.between(subject.opened.titles, subject.opened.titles[own])
            some = places[subject.class_index[places] == own]
            for start in range(0, len(some), AT_A_TIME):
                part = some[start : start + AT_A_TIME]
                maps = make(opened, np.ascontiguousarray(subject.arrays[part]), contrast)
                found.update(zip(part.tolist(), maps, strict=True))
    return [found[number] for number in range(len(subject.arrays))]
