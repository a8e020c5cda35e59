"""The commands of the tutorial on drawn trees run as they stand there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "drawn-trees.md"


def test_every_command_of_the_page_runs(tmp_path):
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 10
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "arborisk"
        done = subprocess.run(
            [sys.executable, "-m", "arborisk", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "run" / "report.html").is_file()
    assert len((tmp_path / "predictions.csv").read_text().splitlines()) == 1 + 10
