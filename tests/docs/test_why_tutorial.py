"""The commands of the tutorial on explanations run, made smaller as `SMALLER` says."""

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from arborisk.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "why.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]
SMALLER = {
    "learn": "--trees 24 --size 168x224 --processes 1",
    "train": "--scheme PrPo_Im --folds 2 --size 64",
    "predict": "--threads 1",
    "explain": "--photos 2 --no-check",
    "interpret": "--photos 20 --trees 8 --chapters shortcuts",
}
"""What is added to a command of the page; an option given twice counts as given last."""


def test_every_command_of_the_page_runs_and_the_reports_answer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 6
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "arborisk"
        extra = shlex.split(SMALLER.get(arguments[0], ""))
        done = CliRunner().invoke(app, [*arguments, *extra])
        assert done.exit_code == 0, f"{command}\n{done.output}"
    assert len(list((tmp_path / "predictions_why").glob("*.jpg"))) == 24
    assert (tmp_path / "explained" / "explanations.csv").is_file()
    assert (tmp_path / "interpreted" / "interpret.json").is_file()
    page = (tmp_path / "explained" / "index.html").read_text(encoding="utf-8")
    assert "Drawn trees are never evidence" in page
    page = (tmp_path / "interpreted" / "index.html").read_text(encoding="utf-8")
    for heading in ("What it uses", "What it ignores", "disagrees with physics"):
        assert heading in page
