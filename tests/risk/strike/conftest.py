"""Layers, targets and trees in plain metres."""

import numpy as np
import pytest

pytest.importorskip("shapely")

from shapely.geometry import mapping

from arborisk.risk.strike.targets import TargetLayer, make_targets
from arborisk.risk.strike.trees import StrikeTrees
from arborisk.tables.layers import Ground, shapes_of
from arborisk.tables.role_table import role_table_of
from arborisk.tables.table import Table


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
        made = {kind: layer_of(kind, features) for kind, features in layers.items()}
        return make_targets(made, Ground())

    return make


def layer_of(kind, features):
    """A layer in metres of a plane of its own."""
    headers = tuple(dict.fromkeys(name for _, properties in features for name in properties))
    table = Table(
        f"{kind}s.geojson",
        headers,
        [tuple(properties.get(name) for name in headers) for _, properties in features],
        range(1, len(features) + 1),
        "feature",
        {},
        [None if shape is None else mapping(shape) for shape, _ in features],
        "metres",
    )
    return TargetLayer(role_table_of(table, needed=(), command=f"{kind}s"), shapes_of(table))
