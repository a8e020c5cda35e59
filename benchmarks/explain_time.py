"""What explanations cost: Grad-CAM against predicting with torch, occlusion batched or not.

Both sides of a ratio are measured in the same run, turn by turn, since other work may share the
cores. Target: Grad-CAM of 100 photos at 224 px in at most 4 times the time of predicting them.

    python benchmarks/explain_time.py RUN PHOTOS [--n-photos 100] [--n-occluded 1]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.attribution.maps import AT_ONCE, occlusion_map
from arborisk.explanation.attribution.methods import attribute
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.photos.files import find_photos
from arborisk.preprocess.prepare import prepare_file

BATCH = 10


def seconds(work: Callable[[], object]) -> NDArray[np.float64]:
    """Wall-clock and processor time of some work."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return np.array([time.perf_counter() - wall, time.process_time() - processor])


def compare(
    name: str, first: list[Callable[[], object]], other: list[Callable[[], object]]
) -> None:
    """Prints the time of both, turn by turn, and their ratio."""
    found = np.array([(seconds(a), seconds(b)) for a, b in zip(first, other, strict=True)])
    before, after = found.sum(axis=0)
    ratio = after / before
    print(
        f"{name}: {before[0]:.1f} s against {after[0]:.1f} s; ratio {ratio[0]:.2f} by the clock, "
        f"{ratio[1]:.2f} in processor time"
    )


def grad_cam(opened: OpenedModel, arrays: NDArray[np.uint8]) -> None:
    """Grad-CAM against predicting the same photos."""
    contrast = Contrast(1, (0,))
    parts = [arrays[start : start + BATCH] for start in range(0, len(arrays), BATCH)]
    opened.probability(parts[0], batch=BATCH)
    attribute(opened, parts[0], contrast, "grad_cam", batch=BATCH)
    compare(
        f"Grad-CAM of {len(arrays)} photos at {arrays.shape[1]} px after predicting (target 4)",
        [lambda some=some: opened.probability(some, batch=BATCH) for some in parts],
        [
            lambda some=some: attribute(opened, some, contrast, "grad_cam", batch=BATCH)
            for some in parts
        ],
    )


def occlusion(opened: OpenedModel, arrays: NDArray[np.uint8]) -> None:
    """Occlusion with many pictures a pass against one a pass."""
    contrast = Contrast(1, (0,))
    each = [opened.pictures(array[None]) for array in arrays]
    compare(
        f"Occlusion of {len(arrays)} photos, {AT_ONCE} pictures a pass, after one a pass",
        [lambda one=one: occlusion_map(opened, one, contrast, at_once=1) for one in each],
        [lambda one=one: occlusion_map(opened, one, contrast, at_once=AT_ONCE) for one in each],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("run", type=Path, help="Run folder or bundle.")
    parser.add_argument("photos", type=Path, help="Folder of photos.")
    parser.add_argument("--n-photos", type=int, default=100, help="For Grad-CAM.")
    parser.add_argument("--n-occluded", type=int, default=1, help="For occlusion; 0 leaves it out.")
    options = parser.parse_args()
    opened = open_model(options.run)
    found = find_photos(options.photos)
    chosen = found[:: max(1, len(found) // options.n_photos)][: options.n_photos]
    arrays = np.stack([prepare_file(photo, opened.preprocess) for photo in chosen])
    grad_cam(opened, arrays)
    if options.n_occluded:
        occlusion(opened, arrays[: options.n_occluded])


if __name__ == "__main__":
    main()
