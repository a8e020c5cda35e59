"""Options of ``arborisk train`` come from the settings and reach the part they are meant for."""

import pytest
import typer

from arborisk.cli.app import app
from arborisk.cli.setting_options import OPTIONS_OF, SettingOption, default_of, field_of, help_of
from arborisk.cli.train_options import settings_of
from arborisk.errors import SettingsError
from arborisk.studies.settings import RunSettings, known_keys

ROOT = typer.main.get_command(app)


@pytest.fixture
def model1_file(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('model = "model1"\n')
    return path


@pytest.mark.parametrize("command", OPTIONS_OF)
def test_help_and_default_of_every_option_are_those_of_its_setting(command):
    shown = {one.name: one for one in ROOT.commands[command].params}
    for option in OPTIONS_OF[command]:
        field = field_of(option.key)
        assert help_of(field), option.key
        assert shown[option.parameter].help == help_of(field)
        assert shown[option.parameter].show_default == default_of(option)
        assert option.option in shown[option.parameter].opts
        assert option.key in known_keys() or option.key == "class_weights"


def test_a_changed_default_and_docstring_change_the_option(monkeypatch):
    field = RunSettings.model_fields["seed"]
    monkeypatch.setattr(field, "default", 11)
    monkeypatch.setattr(field, "description", "Another number. More of it.")
    assert default_of(SettingOption("seed")) == "11"
    assert help_of(field) == "Another number."


def test_the_choices_are_named():
    assert help_of(field_of("training.optimiser")).endswith(": sgd, momentum, adam, adamw.")


def test_class_weights_follow_a_model_named_in_a_file(model1_file):
    balanced = settings_of({"class_weights": "balanced"}, {}, model1_file)
    assert balanced.training.class_weights == "balanced"
    assert settings_of({"class_weights": "none"}, {}, None).head.class_weights == "none"


def test_an_option_that_the_model_lacks_is_refused_not_ignored(model1_file):
    asked = {"epochs": 7, "dense": "32,16"}
    assert settings_of(asked, {}, model1_file).model1.dense == (32, 16)
    with pytest.raises(SettingsError, match=r"frozen efficientnet_depths has; found --epochs"):
        settings_of(asked, {}, None)
    with pytest.raises(SettingsError, match=r"efficientnet_depths has; found --dropout"):
        settings_of({"regime": "all", "dropout": "0.2"}, {}, None)


def test_words_for_numbers_are_told():
    with pytest.raises(SettingsError, match="64,128"):
        settings_of({"model": "model1", "dense": "many"}, {}, None)


def test_a_wrong_value_names_its_option():
    with pytest.raises(SettingsError, match=r"Expected --size: .*Correct --size"):
        settings_of({"size": 0}, {}, None)


def test_one_hold_out_and_a_split_file_say_what_follows():
    assert settings_of({"test_share": 0.3}, {}, None).split.folds == 0
    assert settings_of({"protocol": "deck"}, {}, None).split.folds == 0
    assert settings_of({"split": "mine.csv"}, {}, None).split.protocol == "given"
    assert settings_of({"by": "tree , site"}, {}, None).split.by == ("tree", "site")


def test_any_setting_is_reached_by_its_key(model1_file):
    resolved = settings_of({}, {"training.epochs": 9, "model1.pooling": "average"}, model1_file)
    assert (resolved.training.epochs, resolved.model1.pooling) == (9, "average")
