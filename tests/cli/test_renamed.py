"""Commands by their names of version 0.1.0 still work, and say what they are called now."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.app import RENAMED, app


@pytest.mark.parametrize("old", RENAMED, ids=" ".join)
def test_the_old_name_works_and_names_the_new_one(old):
    new = RENAMED[old]
    by_old, by_new = (CliRunner().invoke(app, [*name, "--help"]) for name in (old, new))
    assert by_old.exit_code == by_new.exit_code == 0, by_old.output
    assert by_old.stderr == f"`arborisk {' '.join(old)}` is now `arborisk {' '.join(new)}`.\n"
    assert by_old.stdout == by_new.stdout


KEPT = Path(__file__).parents[1] / "kept_0_1_0"
RUN = {
    ("dataset", "audit"): (KEPT / "dataset", "--format", "json"),
    ("dataset", "card"): (KEPT / "dataset",),
    ("models",): ("--format", "json"),
    ("doctor",): (),
    ("weights", "list"): ("--format", "json"),
    ("deck-results",): ("--format", "json"),
    ("backprop", "model1"): ("--size", "64"),
    ("backprop",): ("trace", "--layers", "2,3,1"),
    ("storm",): (
        "TREES",
        "--gust",
        "30±2",
        "--fill-missing",
        "--draws",
        "1000",
        "--format",
        "json",
    ),
}


@pytest.mark.parametrize("old", RUN, ids=" ".join)
def test_it_does_the_same(old, tmp_path):
    for extra in ("torch", "matplotlib"):
        pytest.importorskip(extra)
    trees = tmp_path / "trees.csv"
    trees.write_text("tree,height_m,dbh_cm,kind\nx,18,40,broadleaf\n")
    arguments = [str(trees if one == "TREES" else one) for one in RUN[old]]
    by_old, by_new = (CliRunner().invoke(app, [*name, *arguments]) for name in (old, RENAMED[old]))
    assert by_old.exit_code == by_new.exit_code == 0, by_old.output
    assert by_old.stdout == by_new.stdout != ""
    assert "is now `arborisk" in by_old.stderr and "is now" not in by_new.stderr


def test_augment_preview_takes_its_options_of_before(tmp_path):
    pytest.importorskip("kornia")
    (tmp_path / "photos").mkdir()
    for photo in (KEPT / "photos").iterdir():
        (tmp_path / "photos" / photo.name).write_bytes(photo.read_bytes())
    data, sheet = str(tmp_path / "data"), tmp_path / "sheet.png"
    asked = ["dataset", "import", str(tmp_path / "photos"), "--out", data, "--no-prepare"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    asked = ["augment-preview", data, "--out", str(sheet), "--grey", "--photos", "2"]
    done = CliRunner().invoke(app, [*asked, "--copies", "2", "--size", "32"])
    assert done.exit_code == 0, done.output
    assert sheet.is_file()


def test_certainty_is_as_it_was_and_writes_nothing(fake_bundle):
    before = sorted(fake_bundle.rglob("*"))
    asked = ["certainty", str(fake_bundle), "--coverage", "0.8", "--format", "json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "classes" in json.loads(done.stdout)
    assert sorted(fake_bundle.rglob("*")) == before


def test_every_command_stands_in_a_group():
    root = typer.main.get_command(app)
    groups = {command.rich_help_panel for command in root.commands.values()}
    assert groups == {"Everyday", "Studies", "Risk", "Learn"}
