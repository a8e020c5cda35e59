"""Settings: order of sources, unknown keys, defaults by model."""

import pytest

from arborisk.errors import SettingsError
from arborisk.studies.settings import RunSettings, completed, load_settings, nested
from arborisk.training.settings import TrainingSettings


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('model = "model1"\nseed = 3\n[training]\nepochs = 9\nbatch_size = 8\n')
    return path


def test_command_line_over_file_over_environment_over_default(file, monkeypatch):
    monkeypatch.setenv("ARBORISK_SEED", "4")
    monkeypatch.setenv("ARBORISK_TRAINING__LOSS", "squared_error")
    settings = load_settings(nested({"training.epochs": 2, "training.batch_size": None}), file)
    assert settings.training.epochs == 2
    assert settings.training.batch_size == 8
    assert settings.seed == 3
    assert settings.training.loss == "squared_error"
    assert settings.split.folds == 5


def test_the_model_brings_its_size_and_channels():
    assert load_settings({"model": "model1"}).preprocess.size_px == 108
    assert load_settings({"model": "model1"}).preprocess.channels == 1
    assert load_settings({}).preprocess.size_px == 224
    asked = load_settings({"model": "model1", "preprocess": {"size_px": 64}})
    assert (asked.preprocess.size_px, asked.preprocess.channels) == (64, 1)


def test_an_unknown_key_names_the_nearest(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("[training]\nepoch = 9\n")
    with pytest.raises(SettingsError, match=r"training\.epochs"):
        load_settings({}, path)


def test_a_value_out_of_range_names_its_key():
    with pytest.raises(SettingsError, match=r"split\.folds.*51"):
        load_settings({"split": {"folds": 51}})


def test_broken_toml_and_a_missing_file_are_told(tmp_path):
    path = tmp_path / "run.toml"
    with pytest.raises(SettingsError, match="no such file"):
        load_settings({}, path)
    path.write_text("model = \n")
    with pytest.raises(SettingsError, match="TOML"):
        load_settings({}, path)


def test_an_unknown_model_is_named():
    with pytest.raises(SettingsError, match="efficientnet_lite0"):
        load_settings({"model": "resnet"})


@pytest.mark.parametrize(
    ("written", "nearest"), [("size = 64", "preprocess.size_px"), ("[model1]\nepoch = 2", "epochs")]
)
def test_the_nearest_key_is_found_in_other_sections_too(tmp_path, written, nearest):
    path = tmp_path / "run.toml"
    path.write_text(written + "\n")
    with pytest.raises(SettingsError, match=f"Did you mean '.*{nearest}'"):
        load_settings({}, path)


def test_a_misspelt_variable_is_refused(monkeypatch):
    monkeypatch.setenv("ARBORISK_MODLE", "model1")
    with pytest.raises(SettingsError, match=r"ARBORISK_MODLE.*Did you mean 'model'"):
        load_settings({})


def test_the_decks_protocol_has_no_folds():
    with pytest.raises(SettingsError, match="one hold-out"):
        load_settings({"split": {"protocol": "deck", "folds": 3}})


def test_pretrained_weights_are_fine_tuned_with_defaults_of_their_own():
    tuned = load_settings({"regime": "last_stages", "training": {"epochs": 2}}).training
    assert (tuned.optimiser, tuned.schedule, tuned.epochs) == ("adamw", "cosine", 2)
    assert load_settings({"model": "model1"}).training == TrainingSettings()


def test_classes_are_balanced_once():
    twice = {"sampling": "balanced", "class_weights": "balanced"}
    with pytest.raises(SettingsError, match="balance the classes twice"):
        load_settings({"training": twice})


def test_settings_made_by_hand_are_completed_as_those_of_the_command():
    by_hand = completed(RunSettings(scheme="as-labelled"))
    assert by_hand == load_settings({"scheme": "as-labelled"})
    assert completed(by_hand) == by_hand
