"""Commands by their names of version 0.1.0 still work, and say what they are called now."""

import json

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
