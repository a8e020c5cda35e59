"""Trees and assumptions of known spread."""

import numpy as np
import pytest

from arborisk.risk.storm.assumptions import Assumptions, load_assumptions
from arborisk.risk.storm.measures import MEASURES
from arborisk.risk.storm.trees import Trees


@pytest.fixture(scope="session")
def assume():
    """`assume(drag_factor=(own, shared), ...)`: a stiff crown, no weight, no spread but this."""

    def make(**spreads):
        said = load_assumptions().model_dump()
        for kind in ("broadleaf", "conifer"):
            said[kind]["drag"] |= {"at_low": 0.3, "at_high": 0.3}
            for name, law in (said[kind]["assumed"] | said[kind]["fill"]).items():
                law["own"], law["shared"] = spreads.get(name, (0.0, 0.0))
            for name in ("wall_ratio", "root_kept"):
                said[kind]["fill"][name]["centre"] = 1.0
            # Roots that hold whatever comes: the stem decides.
            said[kind]["assumed"]["anchorage_nm_per_kg"]["centre"] = 3000.0
        said["error"] = {name: {"value": 0.0, "source": "known"} for name in MEASURES}
        return Assumptions.model_validate(said)

    return make


@pytest.fixture(scope="session")
def make_trees():
    """`make_trees(n, wall_ratio=0.3)`: equal broadleaves of 15 m and 45 cm; the rest is assumed."""

    def make(n_trees, groups=None, error=None, **measured):
        measured = {"height_m": 15.0, "dbh_cm": 45.0} | measured
        centre = {name: np.full(n_trees, measured.get(name, np.nan)) for name in MEASURES}
        names = ("all",) if groups is None else tuple(f"street {g}" for g in range(max(groups) + 1))
        return Trees(
            tuple(f"tree {number}" for number in range(n_trees)),
            np.zeros(n_trees, dtype=np.int64),
            np.zeros(n_trees, dtype=np.int64) if groups is None else np.array(groups),
            names,
            centre,
            {name: np.full(n_trees, (error or {}).get(name, 0.0)) for name in MEASURES},
        )

    return make
