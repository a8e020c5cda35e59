"""All shortcut tests of one model."""

from __future__ import annotations

from dataclasses import replace

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.material import (
    Material,
    ShortcutFinding,
    Shortcuts,
    make_material,
)
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.explanation.shortcuts.single_numbers import camera_test, dead_wood_test
from arborisk.explanation.shortcuts.swaps import background_test, border_test, place_test
from arborisk.records import Progress

N_PAIRS = 80
"""Pairs of photos that swap pieces; the first few choose a place, the others judge it."""

NOTHING_TO_SEE = (
    "Not judged: on photos held back the model does not distinguish the classes beyond chance, or "
    "there are too few groups to see it."
)


def shortcut_tests(
    opened: OpenedModel,
    photos: ShortcutPhotos,
    contrast: Contrast,
    *,
    seed: int = 0,
    n_pairs: int = N_PAIRS,
    progress: Progress | None = None,
) -> Shortcuts:
    """Looks for shortcuts: border, fixed place, background, camera, dead wood alone.

    Args:
        opened: The model.
        photos: Photos that the member asked did not learn from.
        contrast: The question that scores answer; swaps look at all classes.
        seed: Of all choices.
        n_pairs: Pairs of photos that swap pieces. Each costs 16 looks of the model; the
            search for a place costs another 860.
        progress: Called as the places of the frame get done, by far the longest part.
    """
    material = make_material(opened, photos, contrast, n_pairs=n_pairs, seed=seed)
    findings = [
        border_test(material),
        place_test(material, progress),
        background_test(material),
        camera_test(material),
        dead_wood_test(material),
    ]
    return Shortcuts(
        contrast.title(opened.titles),
        tuple(_judged(item, material) for item in findings),
        material.untouched(),
        len(photos),
        len(set(photos.groups)),
        photos.drawn,
    )


def _judged(finding: ShortcutFinding, material: Material) -> ShortcutFinding:
    """No test says anything where the model does not distinguish the classes."""
    if material.tells_apart or finding.standing == "not tested":
        return finding
    return replace(finding, standing="not tested", sentence=f"{NOTHING_TO_SEE} {finding.sentence}")
