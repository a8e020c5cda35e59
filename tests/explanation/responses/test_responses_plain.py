"""Figures for other software: plain JSON, the same numbers as the records."""

import json

import numpy as np
import pytest

from arborisk.explanation.responses.partial import dependence
from arborisk.explanation.responses.verdicts import summarise
from arborisk.explanation.responses.words import dependence_figures, responses_figures


def test_responses_as_json(studied):
    found = studied("follows")
    summaries = summarise(found)
    figures = json.loads(json.dumps(responses_figures(found, summaries), allow_nan=False))
    assert list(figures) == ["dead_crown", "wind"]
    assert figures["dead_crown"]["verdict"] == "follows physics"
    assert figures["dead_crown"]["levels"] == [0.0, 0.48, 0.96]
    assert figures["dead_crown"]["rank_correlation"][0] == summaries[0].rank.value
    assert figures["wind"]["same_picture"] is True
    assert figures["wind"]["rank_correlation"] is None


def test_dependence_as_json():
    rng = np.random.default_rng(0)
    lean = rng.uniform(0, 1, 40)
    groups = [f"tree {number}" for number in range(40)]
    score = lean + rng.normal(0, 0.1, 40)
    found = dependence(score, lean[:, None], ["lean"], groups, seed=0, n_resamples=5)
    figures = json.loads(json.dumps(dependence_figures(found), allow_nan=False))
    assert figures["lean"]["change_of_score"][0] == pytest.approx(0.8, abs=0.15)
    assert figures["lean"]["n_photos"] == figures["n_photos"] == 40
