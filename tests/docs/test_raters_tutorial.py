"""The commands of the tutorial on raters run as they stand there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "tutorials" / "raters.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


def run(folder, commands):
    (folder / "typed.csv").write_text(re.findall(r"```csv\n(.*?)```", TEXT, re.DOTALL)[0])
    said = {}
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "arborisk"
        done = subprocess.run(
            [sys.executable, "-m", "arborisk", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        said[command] = " ".join(done.stdout.split())
    return said


def test_the_table_as_typed_is_read_as_the_page_says(tmp_path):
    said = run(tmp_path, ["arborisk agree typed.csv"])["arborisk agree typed.csv"]
    assert "arborisk agree typed.csv" in COMMANDS
    assert "no interval: fewer than 15 trees" in said
    assert "5 cells without a rating" in said
    assert "1 repeat." in said


@pytest.mark.slow
def test_every_command_of_the_page_runs(tmp_path):
    assert len(COMMANDS) == 8
    said = run(tmp_path, COMMANDS)
    quoted = " ".join(re.search(r"((?:^> .*\n)+)", TEXT, re.MULTILINE)[0].replace("> ", "").split())
    assert quoted in said["arborisk agree stand/ratings.csv --out raters.html"]
    assert "People with each other, the ceiling" in said[COMMANDS[-1]]
    assert (tmp_path / "raters.html").is_file()
