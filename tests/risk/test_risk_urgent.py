"""Imminent is said first, wherever a person said it, and whatever becomes of the form."""

import json

import pytest
from risk_forms import assess, form
from typer.testing import CliRunner

from arborisk.cli.risk import app
from arborisk.errors import ArboriskError
from arborisk.risk.rating.sentences import urgent_json, urgent_line, urgent_of
from arborisk.wording.sentences import IMMINENT


def run(*arguments):
    done = CliRunner().invoke(app, list(map(str, arguments)))
    if done.exception is not None and not isinstance(done.exception, ArboriskError | SystemExit):
        raise done.exception
    return done


@pytest.mark.parametrize(
    "failure", ["Imminent", "Possible to Imminent", "imm.", {"Probable": 0.9, "Imminent": 0.1}]
)
def test_a_word_a_range_and_a_chance_are_urgent(failure):
    assessment = assess(failure, "Very low")  # which the matrices call Low
    assert urgent_line(assessment).startswith(f"{IMMINENT} It stands at tree T-1, trunk, cavity (")
    told = urgent_json(assessment)
    assert (told["ids"], told["sentence"]) == (["T-1"], IMMINENT)
    assert told["findings"][0]["finding"] == "trunk, cavity"
    assert told["findings"][0]["by"] == "J. Doe"


@pytest.mark.parametrize("failure", ["Probable", "", "Improbable to Probable"])
def test_what_nobody_called_imminent_is_not(failure):
    assessment = assess(failure)
    assert urgent_of(assessment) == ()
    assert urgent_json(assessment) is None
    assert urgent_line(assessment) == ""


def test_what_an_option_leaves_imminent_counts_too():
    residual = [{"name": "prune", "residual": [{"failure": "Imminent"}]}]
    (found,) = urgent_of(assess("Probable", options=residual))
    assert found.what == "the tree after the option 'prune'"


def test_it_stands_first_in_every_output(tmp_path):
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(form("Imminent", "Very low")))
    for command in ("rate", "explain"):
        done = run(command, path)
        assert done.stdout.startswith(IMMINENT)
        assert done.stderr.startswith(IMMINENT)
        assert "Risk rating Low" in done.stdout
    found = json.loads(run("rate", path, "--format", "json").stdout)
    assert next(iter(found)) == "imminent"
    assert found["imminent"]["ids"] == ["T-1"]
    assert found["risk_rating"] == "Low"
    options = [{"name": "prune", "residual": [{"finding": "trunk", "failure": "imminent"}]}]
    path.write_text(json.dumps(form("Probable", "Low", options=options)))
    assert "It stands at tree T-1, trunk." in run("rate", path).stderr
    path.write_text(json.dumps(form("Imminent", "Very low")))
    page = tmp_path / "tree.html"
    assert IMMINENT in run("rate", path, "--out", page).stderr
    body = page.read_text().split("<body>")[1]
    assert body.index(IMMINENT) < body.index("<h1>")
    path.write_text(json.dumps(form("Probable")))
    run("rate", path, "--out", page)
    assert IMMINENT not in page.read_text()
    assert json.loads(run("rate", path, "--format", "json").stdout)["imminent"] is None


@pytest.mark.parametrize("broken", [{"targets": []}, {"level": 7}, {"tree": ["x"]}, {"zap": 1}])
def test_a_form_that_is_refused_says_it_all_the_same(tmp_path, broken):
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(form("Imminent") | broken))
    done = run("rate", path)
    assert isinstance(done.exception, ArboriskError)
    assert done.stderr.startswith(IMMINENT)


def test_words_on_the_command_line_and_other_trees_of_a_table(tmp_path):
    alone = run("rate", "--failure", "imminent")  # no target: refused
    assert isinstance(alone.exception, ArboriskError)
    assert IMMINENT in alone.stderr
    path = tmp_path / "trees.csv"
    path.write_text(
        "tree,target,failure,impact,consequences\n"
        "T1,road,Probable,High,Severe\nT2,road,Imminent,High,Severe\n"
    )
    about = ("--tree", "T1", "--level", 2, "--time-frame-years", 3)
    done = run("rate", path, *about)
    assert "It stands at tree T2." in done.stderr
    assert done.stdout.startswith("Risk rating High")
