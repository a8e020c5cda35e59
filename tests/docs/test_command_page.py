"""The page of commands is the one that the commands themselves give."""

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def test_the_page_is_not_stale(tmp_path):
    fresh = tmp_path / "commands.md"
    make = ["-m", "typer", "arborisk.cli.app", "utils", "docs", "--name", "arborisk", "--output"]
    subprocess.run([sys.executable, *make, str(fresh)], check=True, capture_output=True)
    assert PAGE.read_text() == fresh.read_text(), "run `make reference`"
