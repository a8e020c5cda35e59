"""The commands of the tutorial on cities' tables run, and say what the page quotes."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app

TEXT = (Path(__file__).parents[2] / "docs" / "tutorials" / "inventories.md").read_text("utf-8")
NAMES = re.findall(r"\bas\s+`([\w.-]+)`:", TEXT)
CONTENTS = re.findall(r"```(?:csv|geojson|toml)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [
    command
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    for command in block.splitlines()
]
QUOTES = [line[2:] for line in TEXT.splitlines() if line.startswith("> ")]
NOT_ALL_ROWS = 3


def test_every_command_of_the_page_says_what_the_page_quotes(tmp_path, monkeypatch):
    pytest.importorskip("pyogrio")
    monkeypatch.chdir(tmp_path)
    files = dict(zip(NAMES, CONTENTS[:-1], strict=True))  # the last is an example alone
    for name, content in files.items():
        Path(name).write_text(content, encoding="utf-8")
    said = ""
    for command in COMMANDS:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert done.exit_code in (0, NOT_ALL_ROWS), f"{command}\n{done.output}\n{done.exception!r}"
        said += " ".join(done.output.split()) + "\n"
    assert len(QUOTES) == 15
    for quote in QUOTES:
        assert quote in said, quote
    for name in ("elm-ranked.csv", "elm-storm.geojson", "rue-storm.gpkg", "road-ranked.gpkg",
                 "road-storm.csv", "work-list.csv", "started.toml"):  # fmt: skip
        assert Path(name).is_file()
