"""The commands say what Python says, and refuse in words."""

import json
import re

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.deck.dense_network import draw_network
from arborisk.deck.tracing import example_samples, trace


def run(*arguments, code=0):
    done = CliRunner().invoke(app, ["learn", "backprop", *arguments])
    assert done.exit_code == code, f"{done.output}\n{done.exception!r}"
    return done.stdout


def test_a_trace_is_the_one_of_python(tmp_path):
    out = tmp_path / "trace.json"
    run(
        "trace",
        "--layers",
        "2,3,1",
        "--eta",
        "0.25",
        "--seed",
        "4",
        "--format",
        "json",
        "--out",
        str(out),
    )
    network = draw_network((2, 3, 1), seed=4)
    wanted = trace(network, *example_samples(network, 1, 4), eta=0.25, n_steps=3)
    assert json.loads(out.read_text()) == json.loads(json.dumps(wanted.as_json()))


def test_the_table_has_factors_and_equations():
    said = run("trace", "--layers", "1,1,1,1", "--steps", "1", "--input", "1", "--target", "0")
    assert re.search(r" 31, 36 +∂C/∂w\(1\) = ∂C/∂a\(1\) · ∂a/∂z\(1\) · ∂z/∂w\(1\) ", said)
    assert "Largest difference from the scalar form as derived: 0.0e+00" in said


def test_the_page_is_written(tmp_path):
    run("page", "--out", str(tmp_path / "p.html"), "--input", "0.1,0.2", "--target", "0.3")
    page = (tmp_path / "p.html").read_text()
    assert '"input": [[0.1, 0.2]]' in page
    assert page == run("trace", "--format", "html", "--input", "0.1,0.2", "--target", "0.3")


def test_every_check_agrees_and_model_1_is_among_them():
    rows = json.loads(run("check", "--format", "json"))
    assert all(row["agrees"] for row in rows)
    model1 = [row for row in rows if row["network"].startswith("Model 1")]
    gradients = [row for row in model1 if row["quantity"].startswith("gradient")]
    # 2,298,050 parameters at 108 px; the first dense layer sees 2 x 2 instead of 6 x 6 here.
    assert sum(row["n_compared"] for row in gradients) == 2_298_050 - (36 - 4) * 256 * 128
    table = run("check", "--no-torch")
    assert "sigmoid, squared_error, 1 sample" in table
    assert "torch" not in table
    assert "192 of 192 gradients" in table


def test_training_on_moons_and_on_drawn_trees(tmp_path):
    figure = tmp_path / "curve.svg"
    moons = run("train", "moons", "--epochs", "20", "--figure", str(figure))
    assert "always the commoner class" in moons
    assert "o and . upper moon" in moons
    assert figure.read_text().startswith("<svg")
    trees = json.loads(run("train", "trees", "--samples", "458", "--format", "json"))
    assert trees["class_names"] == ["Improbable", "Probable"]
    costs = [row["cost"] for row in trees["history"]]
    assert costs[-1] < costs[0] / 5
    assert trees["history"][-1]["share_right_held_out"] > trees["majority_held_back"]
    assert "never about real trees" in run("train", "trees", "--samples", "200", "--epochs", "1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace", "--layers", "2,x"], "whole numbers separated by commas; found '2,x'"),
        (["trace", "--input", "1,b"], "numbers separated by commas; found '1,b'"),
        (["trace", "--input", "1,2,3"], r"shape (2,)"),
        (["trace", "--samples", "0"], "at least 1 sample"),
        (["trace", "--samples", "2", "--input", "1,2"], "one sample with --input"),
        (["train", "--hidden", "0"], "each 1 or more"),
        (["train", "trees", "--samples", "0"], "at least 60 samples"),
        (
            ["train", "--eta", "1e6", "--sigma", "identity", "--cost", "squared_error"],
            "smaller eta",
        ),
    ],
)
def test_refusals(arguments, said):
    done = CliRunner().invoke(app, ["learn", "backprop", *arguments])
    assert said in str(done.exception)


def test_an_unknown_sigma_is_a_usage_error():
    assert (
        "swish"
        in CliRunner().invoke(app, ["learn", "backprop", "trace", "--sigma", "swish"]).output
    )
    run("trace", "--sigma", "swish", code=2)
