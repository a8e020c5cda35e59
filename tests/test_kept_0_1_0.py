"""What version 0.1.0 wrote still opens, and says the same."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from arborisk.bundle.load import load_bundle
from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.loading import load_dataset
from arborisk.prediction.run import predict_photos

KEPT = Path(__file__).parent / "kept_0_1_0"


def test_a_bundle_answers_as_it_did(tmp_path):
    out = tmp_path / "predictions.csv"
    predict_photos(load_bundle(KEPT / "run"), KEPT / "photos", out)
    before, now = (
        list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in (KEPT / "predictions.csv", out)
    )
    assert len(before) == len(now) == 3
    for old, new in zip(before, now, strict=True):
        assert set(old) <= set(new)
        for column in set(old) - {"priority", "p_Im", "p_PrPo", "answer_rise"}:
            assert new[column] == old[column], column
        assert float(new["p_PrPo"]) == pytest.approx(float(old["p_PrPo"]), abs=1e-4)


def test_a_run_is_evaluated_as_it_was():
    pytest.importorskip("scipy")
    from arborisk.evaluation.evaluate import evaluate_run

    now = evaluate_run(KEPT / "run").as_json()
    before = json.loads((KEPT / "run" / "metrics.json").read_text())
    assert set(before) <= set(now)
    scores = {name: score["value"] for name, score in before.items() if "value" in score}
    assert len(scores) > 10
    for name, value in scores.items():
        assert now[name]["value"] == pytest.approx(value), name


def test_a_data_set_opens_and_is_audited(tmp_path):
    shutil.copytree(KEPT / "dataset", tmp_path / "dataset")
    dataset = load_dataset(tmp_path / "dataset")
    assert len(dataset.photos) == 24
    assert not audit_dataset(dataset).leaks
