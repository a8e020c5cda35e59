"""Looks inside a trained network, with all that its pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.inside.ascent import AscentSettings
from arborisk.explanation.inside.checks import check_body, check_photos, wanted_layers
from arborisk.explanation.inside.choosing import choose_units
from arborisk.explanation.inside.climbing import climb_contrast
from arborisk.explanation.inside.feature_maps import choose_examples, maps_of, photo_maps
from arborisk.explanation.inside.fields import find_fields
from arborisk.explanation.inside.filters import first_filters
from arborisk.explanation.inside.layers import find_layers
from arborisk.explanation.inside.records import ContrastClimb, Inside, LayerInside
from arborisk.explanation.inside.streaming import stream
from arborisk.explanation.inside.units import shown_units
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Progress


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
