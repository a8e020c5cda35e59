"""What the gates measure of one photo: a few numbers, kept in the journal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.light import LIGHT_FACTS, light_facts
from arborisk.bundle.reference import Reference
from arborisk.prediction.gates.heads import GATES, GateHeads

Fitness = dict[str, float]
"""Measures by name: those of `arborisk.bundle.light.LIGHT_FACTS`, ``distance``, and the gates."""
DIGITS = 5


def measure_fitness(
    array: NDArray[np.uint8],
    embedding: NDArray[np.float32],
    *,
    reference: Reference | None,
    heads: GateHeads | None,
) -> Fitness:
    """Measures of one photo.

    Args:
        array: Prepared photo, uint8, shape (size, size, channels).
        embedding: What the network makes of it, shape (d,).
        reference: The training photos, or None: then there is no distance.
        heads: Heads on the default network, or None where they do not fit.
    """
    found = dict(zip(LIGHT_FACTS, light_facts(array), strict=True))
    if reference is not None:
        found["distance"] = float(reference.distance(embedding[None])[0])
    if heads is not None:
        found |= dict(zip(GATES, heads.scores(embedding[None])[0].tolist(), strict=True))
    return {name: round(value, DIGITS) for name, value in found.items()}
