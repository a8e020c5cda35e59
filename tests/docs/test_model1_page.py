"""The page on Model 1's building blocks is what the command gives."""

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from arborisk.cli.app import app

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "model1.md").read_text(encoding="utf-8")


def run(command, *added):
    done = CliRunner().invoke(app, [*shlex.split(command)[1:], *added])
    assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception!r}"
    return done.stdout


def test_table_and_figure_are_not_stale(tmp_path):
    make, *others = [
        line
        for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
        for line in block.splitlines()
    ]
    fresh = tmp_path / "model1.svg"
    assert run(make, "--figure", str(fresh)) in TEXT, "run the page's first command"
    assert fresh.read_text() == (DOCS / "images" / "model1.svg").read_text()
    larger, colour = (run(command) for command in others)
    # 224 px: 14 x 14 before the dense layers instead of 6 x 6, seen through the same 69 px.
    assert re.search(r"flatten .* 50176 +69\n", larger), larger
    assert re.search(r"output +dense, softmax +3 ", colour)


def test_the_words_fit_the_numbers():
    assert 54 * 54 * 64 == 186_624
    assert "3,200 weights and biases for 186,624 numbers" in " ".join(TEXT.split())
