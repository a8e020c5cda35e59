"""The commands of the tutorial on risk run as they stand there, and say what it quotes."""

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from arborisk.cli.risk import app
from arborisk.errors import ArboriskError

TEXT = (Path(__file__).parents[2] / "docs" / "tutorials" / "risk.md").read_text(encoding="utf-8")
NAMES = re.findall(r"\bas `([\w.-]+\.(?:toml|csv))`", TEXT)
CONTENTS = re.findall(r"```(?:toml|csv)\n(.*?)```", TEXT, re.DOTALL)
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [command for block in BLOCKS for command in block.splitlines()]
REFUSED = "arborisk risk rate --failure Probable --level 1 --time-frame-years 3"
QUOTES = [line[2:] for line in TEXT.splitlines() if line.startswith("> ")]


def test_every_command_of_the_page_says_what_the_page_quotes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(NAMES) == 5
    for name, content in zip(NAMES, CONTENTS, strict=True):
        (tmp_path / name).write_text(content, encoding="utf-8")
    said = ""
    assert REFUSED in COMMANDS
    for command in COMMANDS:
        done = CliRunner().invoke(app, shlex.split(command)[2:])
        said += " ".join(done.stdout.split()) + "\n"
        if command == REFUSED:
            assert isinstance(done.exception, ArboriskError)
            continue
        expected = 3 if " inventory " in command else 0
        assert done.exit_code == expected, f"{command}\n{done.output}\n{done.exception!r}"
    assert len(QUOTES) == 12
    for quote in QUOTES:
        assert quote in said, quote
    for name in ("tree.html", "rated.csv", "work-list.csv", "plan.html", "our-prior.toml"):
        assert (tmp_path / name).is_file()
