"""When and from where each photo is taken: one visit a site, without regard to the trees' state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from arborisk.simulate.jobs import PhotoJob
from arborisk.simulate.trees import DrawnTree, Site

LEAF_ON_DAYS = (datetime(2024, 5, 20), 125)
LEAF_OFF_DAYS = (datetime(2024, 11, 25), 110)
"""First day and number of days of the season with leaves and of that without."""

METRES_PER_DEGREE = 111_320.0


def plan_visits(
    trees: Sequence[DrawnTree], sites: Sequence[Site], *, photos_per_tree: int, seed: int
) -> tuple[PhotoJob, ...]:
    """Photos of all trees, site by site, in the order they are taken.

    Args:
        trees: Trees, those of one site next to each other.
        sites: Their sites.
        photos_per_tree: Views of each tree; the first views do not depend on how many follow.
        seed: Seed of times, places and cameras.
    """
    site_of = {site.site_id: site for site in sites}
    clocks = {site.site_id: _start_of_visit(site) for site in sites}
    jobs: list[PhotoJob] = []
    for number, tree in enumerate(trees):
        site = site_of[tree.site_id]
        place = np.random.default_rng([seed, number])
        east_m, north_m = place.uniform(-30.0, 30.0, 2)
        latitude = site.latitude + north_m / METRES_PER_DEGREE
        longitude = site.longitude + east_m / (
            METRES_PER_DEGREE * np.cos(np.radians(site.latitude))
        )
        for view in range(photos_per_tree):
            camera = np.random.default_rng([seed, number, view])
            clocks[site.site_id] += timedelta(seconds=int(camera.integers(40, 240)))
            jobs.append(
                PhotoJob(
                    name=f"{tree.tree_id}-{view + 1}",
                    tree=tree,
                    site=site,
                    taken_at=clocks[site.site_id],
                    latitude=float(latitude),
                    longitude=float(longitude),
                    heading_deg=round(float(camera.uniform(0.0, 360.0)), 1),
                    seed=int(camera.integers(0, 2**31)),
                )
            )
    return tuple(jobs)


def _start_of_visit(site: Site) -> datetime:
    """Some working hour of some day of the site's season; fixed by the site's seed."""
    first, n_days = LEAF_ON_DAYS if site.leaf_on else LEAF_OFF_DAYS
    rng = np.random.default_rng(site.seed)
    return first + timedelta(
        days=int(rng.integers(0, n_days)), minutes=int(rng.integers(9 * 60, 15 * 60))
    )
