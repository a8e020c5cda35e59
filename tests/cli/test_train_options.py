"""Options of ``arborisk train`` reach the part of the model that they are meant for."""

import pytest

from arborisk.cli.train_options import Given, settings_of
from arborisk.errors import SettingsError


def given(*, run=(), class_weights=None, network=(), model1=(), layers=()):
    return Given(dict(run), class_weights, dict(network), dict(model1), dict(layers))


@pytest.fixture
def model1_file(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('model = "model1"\n')
    return path


def test_class_weights_follow_a_model_named_in_a_file(model1_file):
    assert settings_of(given(class_weights="balanced"), model1_file).training.class_weights == (
        "balanced"
    )
    assert settings_of(given(class_weights="none"), None).head.class_weights == "none"


def test_an_option_that_the_model_lacks_is_refused_not_ignored(model1_file):
    asked = given(network={"training.epochs": 7}, layers={"model1.dense": "32,16"})
    assert settings_of(asked, model1_file).model1.dense == (32, 16)
    with pytest.raises(SettingsError, match=r"frozen efficientnet_depths has; found --epochs"):
        settings_of(asked, None)
    asked = given(run={"regime": "all"}, layers={"model1.dropout": "0.2"})
    with pytest.raises(SettingsError, match=r"efficientnet_depths has; found --dropout"):
        settings_of(asked, None)


def test_words_for_numbers_are_told():
    with pytest.raises(SettingsError, match="64,128"):
        settings_of(given(run={"model": "model1"}, layers={"model1.dense": "many"}), None)


def test_a_wrong_value_names_its_option():
    with pytest.raises(SettingsError, match=r"Expected --size: .*Correct --size"):
        settings_of(given(run={"preprocess.size_px": 0}), None)
