"""Layers, targets and trees in plain metres."""

import numpy as np
import pytest

pytest.importorskip("shapely")

from arborisk.risk.storm.places import METRES, Frame
from arborisk.risk.strike.targets import make_targets
from arborisk.risk.strike.trees import StrikeTrees
from arborisk.risk.strike.vector_files import Feature, Layer


@pytest.fixture(scope="session")
def make_trees():
    """`make_trees([(x, y), ...], height_m=20.0)`: exact trees."""

    def make(places, height_m=20.0, height_error=0.0, brittle=False, p_fail=np.nan, half_width=0.0):
        n_trees = len(places)
        x, y = np.array(places, dtype=float).T

        def each(value):
            return np.full(n_trees, value, dtype=float)

        return StrikeTrees(
            tuple(f"tree {number}" for number in range(n_trees)),
            x,
            y,
            each(0.0) + height_m,
            each(height_error),
            each(half_width),
            each(0.0),
            np.full(n_trees, brittle),
            each(np.nan),
            each(0.0),
            *(each(p_fail) for _ in range(3)),
            np.arange(n_trees),
        )

    return make


@pytest.fixture(scope="session")
def targets_of():
    """`targets_of(line=[(shape, properties)], ...)`."""

    def make(**layers):
        made = {
            kind: Layer(
                f"{kind}s.geojson",
                tuple(
                    Feature(f"feature {number}", shape, properties)
                    for number, (shape, properties) in enumerate(features, start=1)
                ),
                METRES,
            )
            for kind, features in layers.items()
        }
        return make_targets(made, Frame(METRES))

    return make
