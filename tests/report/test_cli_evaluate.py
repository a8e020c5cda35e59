"""``arborisk evaluate``."""

import json

import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.evaluate import evaluate
from arborisk.evaluation.evaluate import evaluate_run
from arborisk.evaluation.verdict import verdict_of


@pytest.fixture(scope="module")
def app():
    commands = typer.Typer()
    commands.command()(evaluate)
    return commands


def test_json_is_the_only_thing_on_standard_output(app, run_folder):
    result = CliRunner().invoke(app, [str(run_folder), "--format", "json"])
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert {"value", "low", "high", "baselines"} <= set(printed["macro_f1"])
    assert printed == json.loads((run_folder / "metrics.json").read_text(encoding="utf-8"))
    assert "report.html" in result.stderr


def test_the_table_begins_with_the_verdict_and_can_go_to_a_file(app, run_folder, tmp_path):
    out = tmp_path / "scores.txt"
    result = CliRunner().invoke(app, [str(run_folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    lines = out.read_text(encoding="utf-8").splitlines()
    words = verdict_of(evaluate_run(run_folder)).sentence.split()
    assert " ".join(lines).split()[: len(words)] == words
    table = "\n".join(lines)
    assert "Recall of Probable" in table
    assert "majority class" in table
