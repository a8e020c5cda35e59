"""The chapter's snippets give what stands below them, its commands run, its equations are ours."""

import doctest
import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.deck.equations import EQUATIONS, filled

TEXT = (Path(__file__).parents[2] / "docs" / "backpropagation.md").read_text(encoding="utf-8")


def test_the_snippets_give_what_stands_below_them():
    blocks = re.findall(r"```pycon\n(.*?)```", TEXT, re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "chapter", None, 0)
    told = []
    result = doctest.DocTestRunner().run(test, out=told.append)
    assert result.attempted > 50
    assert result.failed == 0, "".join(told)


def test_the_commands_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 4
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "arborisk"
        # What a check compares is tested elsewhere.
        added = ["--no-torch"] if arguments[2] == "check" else []
        done = CliRunner().invoke(app, [*arguments, *added])
        assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception!r}"
    assert (tmp_path / "backprop.html").is_file()


def test_all_equations_stand_there_as_the_code_has_them():
    assert filled(TEXT) == TEXT, "run python -m arborisk.deck.equations docs/backpropagation.md"
    numbers = [int(number) for number in re.findall(r"<tr><td>(\d+)</td>", TEXT)]
    assert numbers == sorted(EQUATIONS)
