"""The commands of the tutorial on drawn trees run, on fewer and smaller drawings."""

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from arborisk.cli.app import app

SMALLER = {"stand": "--trees 36", "new": ""}
"""What is added to `simulate`, by folder, beside the size; an option given twice counts last."""
PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "drawn-trees.md"


def test_every_command_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 10
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "arborisk"
        if arguments[:2] == ["learn", "simulate"]:
            arguments += shlex.split(f"{SMALLER[arguments[2]]} --size 168x224 --processes 1")
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"{command}\n{done.output}"
    assert (tmp_path / "run" / "report.html").is_file()
    assert len((tmp_path / "predictions.csv").read_text().splitlines()) == 1 + 10
