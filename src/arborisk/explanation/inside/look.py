"""Looks inside a trained network, with all that its pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.inside.ascent import AscentSettings, climb_contrast, shown_units
from arborisk.explanation.inside.fields import find_fields
from arborisk.explanation.inside.layers import Layer, choose_layers, find_layers
from arborisk.explanation.inside.records import ContrastClimb, Inside, LayerInside, choose_units
from arborisk.explanation.inside.streaming import (
    choose_examples,
    first_filters,
    maps_of,
    photo_maps,
    stream,
)
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Progress
from arborisk.wording.counts import counted


def check_photos(n_photos: int, groups: Sequence[str], names: Sequence[str]) -> None:
    """Refuses no photos, and groups or names that do not fit them.

    Raises:
        SettingsError: Says what does not fit.
    """
    if n_photos == 0:
        raise SettingsError(
            "at least one photo", "none", "photos to look with", "Give at least one photo."
        )
    for what, given in (("group", groups), ("name", names or groups)):
        if len(given) != n_photos:
            raise SettingsError(
                f"a {what} for each of {counted(n_photos, 'photo')}",
                str(len(given)),
                f"{what}s of the photos",
                "Give one a photo, in their order.",
            )


def check_body(body: int, n_bodies: int) -> None:
    """Refuses a body that there is not.

    Raises:
        SettingsError: Says how many there are.
    """
    if not 0 <= body < n_bodies:
        raise SettingsError(
            f"a body from 0 to {n_bodies - 1}",
            str(body),
            "body to look into",
            "Choose a number in this range.",
        )


def wanted_layers(
    walk: Sequence[Layer],
    names: Sequence[str] | None,
    units: Mapping[str, Sequence[int]],
) -> tuple[Layer, ...]:
    """The layers to show, in order of computation.

    Args:
        walk: All layers.
        names: Names of those asked for; None means a readable choice, with the layers of `units`.
        units: Units asked for, by the name of their layer.

    Raises:
        SettingsError: No such layer or unit; names those there are.
    """
    own = {layer.name: layer for layer in walk}
    for name in [*(names or ()), *units]:
        if name not in own:
            raise SettingsError(
                f"one of the layers {', '.join(own)}",
                repr(name),
                "layer to show",
                "Choose one of these layers.",
            )
    for name, numbers in units.items():
        for number in numbers:
            if not 0 <= number < own[name].n_units:
                raise SettingsError(
                    f"a unit from 0 to {own[name].n_units - 1}",
                    str(number),
                    f"unit of {own[name].whole_title}",
                    "Choose a number in this range.",
                )
    chosen = {layer.name for layer in choose_layers(walk)} if names is None else set(names)
    return tuple(layer for layer in walk if layer.name in chosen | set(units))


def look_inside(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    *,
    groups: Sequence[str],
    contrast: Contrast,
    names: Sequence[str] = (),
    layers: Sequence[str] | None = None,
    units: Mapping[str, Sequence[int]] | None = None,
    n_units: int = 4,
    n_patches: int = 8,
    body: int = 0,
    seed: int = 0,
    batch: int = 16,
    ascent: AscentSettings | None = None,
    drawn: bool = False,
    progress: Progress | None = None,
) -> Inside:
    """Filters, feature maps, and what most excites the units of a model.

    Photos pass once, a batch at a time; memory does not grow with their number.

    Args:
        opened: The model.
        arrays: Prepared photos, uint8 (n, size, size, channels); may lie on disk.
        groups: Group of each photo (a tree, an outing): at most one photo a group stands for a
            unit.
        contrast: What "used" is about.
        names: Name of each photo; by default its number.
        layers: Names of the layers to show (see `find_layers`); by default a readable choice.
        units: Units asked for, by name of their layer.
        n_units: Units shown a layer beside those asked for.
        n_patches: Photos shown a unit at most.
        body: Which of the bodies with weights of their own.
        seed: Start of all that is random: same seed, same result.
        batch: Photos at a time.
        ascent: How pictures are made by gradient ascent.
        drawn: Whether the photos are of drawn trees; a bundle's own word is heard too.
        progress: Called with the steps done and all: photos, then layers.

    Raises:
        SettingsError: No photos, groups or names that do not fit them, or a layer, unit or body
            that there is not; says which there are.
    """
    check_photos(len(arrays), groups, names)
    check_body(body, len(opened.bodies))
    network = opened.bodies[body]
    walk = find_layers(network, opened.model)
    chosen = wanted_layers(walk, layers, units or {})
    numbers = np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1].astype(np.int64)
    n_steps = len(arrays) + len(chosen) + 1

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, n_steps)

    streamed = stream(
        opened,
        arrays,
        chosen,
        body=body,
        groups=numbers,
        contrast=contrast,
        n_kept=n_patches,
        batch=batch,
        progress=lambda done, _: tell(done),
    )
    examples = choose_examples(arrays, streamed.scores)
    maps = maps_of(opened, chosen, examples, body=body)
    fields = find_fields(network, chosen)
    shown = []
    for place, (layer, field, facts) in enumerate(zip(chosen, fields, streamed.facts, strict=True)):
        asked = (units or {}).get(layer.name, ())
        picked = choose_units(facts, n_units, seed=seed + place, asked=asked)
        own_maps = tuple(photo_maps(one, [unit for unit, _ in picked]) for one in maps[place])
        own_units = shown_units(
            opened, arrays, layer, field, facts, picked, body=body, seed=seed + place, ascent=ascent
        )
        shown.append(LayerInside(layer, field, facts, own_units, own_maps))
        tell(len(arrays) + place + 1)
    climbs = _contrast_climbs(opened, arrays, contrast, streamed.scores, seed, ascent)
    tell(n_steps)
    bundle = opened.bundle
    return Inside(
        model=opened.model,
        titles=opened.titles,
        contrast=contrast,
        scheme=None if bundle is None else bundle.description.scheme.scheme,
        drawn=drawn or (bundle is not None and bundle.description.drawn),
        size_px=opened.preprocess.size_px,
        channels=opened.preprocess.channels,
        crop=opened.preprocess.crop,
        names=tuple(names) or tuple(f"photo {number + 1}" for number in range(len(arrays))),
        n_groups=int(numbers.max()) + 1,
        body=body,
        n_bodies=len(opened.bodies),
        n_classifiers=len(opened.network.classifiers),
        seed=seed,
        walk=walk,
        layers=tuple(shown),
        filters=first_filters(network, walk),
        examples=examples,
        climbs=climbs,
    )


def _contrast_climbs(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    scores: NDArray[np.float64],
    seed: int,
    ascent: AscentSettings | None,
) -> tuple[ContrastClimb, ContrastClimb]:
    """Pictures made to raise and to lower the score, beside the photos that go farthest."""
    made = climb_contrast(opened, contrast, seed=seed, settings=ascent)
    photos = int(np.argmax(scores)), int(np.argmin(scores))
    ways = ("raised", "lowered")
    up, down = (
        ContrastClimb(way, one, float(scores[photo]), photo, np.array(arrays[photo]))
        for way, one, photo in zip(ways, made, photos, strict=True)
    )
    return up, down
