"""What is searched: exactly the sequel's ranges, and settings that can be built everywhere."""

import itertools

import pytest

from arborisk.dataset.schemes import ISA_SCHEMES
from arborisk.models.table import MODELS, build
from arborisk.studies.settings import load_settings
from arborisk.studies.tune.space import MODEL1, Choice, space_for, with_values

SEQUEL = {
    "first kernel": (5, 7),
    "activation 1": ("relu", "tanh"),
    "activation 2": ("relu", "tanh"),
    "dropout 1": (0.0, 0.5, 0.05, False),
    "dropout 2": (0.0, 0.5, 0.05, False),
    "dense 1": (32, 512, 32, False),
    "dense 2": (32, 512, 32, False),
    "learning rate": (1e-4, 1e-2, None, True),
}


def test_model1_has_the_sequels_eight_and_nothing_else():
    found = {
        one.name: tuple(one.options)
        if isinstance(one, Choice)
        else (one.low, one.high, one.step, one.log)
        for one in MODEL1
    }
    assert found == SEQUEL


def test_each_of_the_eight_reaches_its_place():
    drawn = {
        **{"first kernel": 5, "activation 1": "tanh", "activation 2": "relu"},
        **{"dropout 1": 0.15000000000000002, "dropout 2": 0.4, "dense 1": 96, "dense 2": 32},
        "learning rate": 3e-4,
    }
    base = load_settings({"model": "model1"})
    settings = with_values(base, MODEL1, drawn)
    assert settings.model1.kernel_sizes == (5, 3)
    assert settings.model1.dense_activations == ("tanh", "relu")
    assert settings.model1.dropout == (0.15, 0.4)
    assert settings.model1.dense == (96, 32)
    assert settings.model1.feature_maps == base.model1.feature_maps
    assert settings.training.learning_rate == 3e-4
    network = build(
        "model1", n_classes=2, channels=1, size=64, settings=settings.model1, weights="none"
    )
    kinds = [type(layer).__name__ for layer in network.hidden]
    assert kinds[2:] == ["Linear", "Tanh", "Dropout", "Linear", "ReLU", "Dropout"]
    assert [layer.p for layer in network.hidden if hasattr(layer, "p")] == [0.15, 0.4]


@pytest.mark.parametrize("model", MODELS)
def test_every_corner_of_every_space_is_a_setting(model):
    for weights, regime in itertools.product(
        ("none", "imagenet"), ("frozen", "last_stages", "all")
    ):
        if (weights == "none") != (regime == "all" and weights == "none"):
            continue
        options = {"model": model, "weights": weights, "regime": regime}
        if model == "model1" and weights != "none":
            continue
        settings = load_settings(options)
        space = space_for(settings, ISA_SCHEMES["Pr_Po_Im"])
        assert space.has_epochs == (regime != "frozen")
        corners = [
            list(one.options) if isinstance(one, Choice) else [one.low, one.high]
            for one in space.dimensions
        ]
        for place in range(max(map(len, corners))):
            values = {
                one.name: corner[min(place, len(corner) - 1)]
                for one, corner in zip(space.dimensions, corners, strict=True)
            }
            assert with_values(settings, space.dimensions, values) != settings


def test_ordinal_outputs_only_where_there_is_an_order_and_what_is_fixed_stays():
    settings = load_settings({})
    names = {one.name for one in space_for(settings, ISA_SCHEMES["Pr_Po_Im"]).dimensions}
    assert {"output", "size"} <= names
    fixed = space_for(settings, ISA_SCHEMES["Pr_Im"], fixed=["preprocess.size_px"])
    assert not {"output", "size"} & {one.name for one in fixed.dimensions}
