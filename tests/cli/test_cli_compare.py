"""``arborisk compare``: the JSON for programs, and what people read."""

import csv
import json
import sys

import pytest

from arborisk.cli import main

KEYS = [
    *("within", "a", "b", "metric", "mean_a", "mean_b"),
    *("welch_p", "corrected_p", "holm_p", "difference", "low", "high"),
]


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command in this process; gives what it writes to both outputs."""

    def call(*arguments, status=0):
        monkeypatch.setattr(sys, "argv", ["arborisk", "compare", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        assert (left.value.code or 0) == status
        return capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def folds(tmp_path_factory):
    """An experiment's folder with its folds.csv."""
    path = tmp_path_factory.mktemp("experiment") / "folds.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cell", "scheme", "size", "repeat", "fold", "accuracy", "macro_f1"])
        for cell, size in (("c01", 64), ("c02", 128)):
            for fold in range(1, 6):
                score = 0.6 + 0.02 * fold + 0.0007 * size + 0.003 * (size * fold % 7)
                writer.writerow([cell, "Pr_Im", size, 1, f"fold-{fold}", score, 0.5])
    return path


def test_json_has_just_these_keys_and_null_where_nothing_is_defined(run, folds):
    told = run(folds, "--factor", "size", "--within", "scheme", "--format", "json")
    accuracy, macro_f1 = json.loads(told.out)
    assert list(accuracy) == KEYS
    assert (accuracy["within"], accuracy["a"], accuracy["b"]) == ("Pr_Im", "64", "128")
    assert accuracy["low"] < accuracy["difference"] < accuracy["high"]
    assert (macro_f1["corrected_p"], macro_f1["low"]) == (1.0, None)
    assert "64 and 128: the same macro_f1 in every fold" in told.err


def test_tables_say_what_the_tests_assume(run, folds, tmp_path):
    out = tmp_path / "compared.md"
    run(folds.parent, "--factor", "size", "--format", "markdown", "--out", out)
    text = out.read_text()
    assert text.startswith("| within | metric | a | b |")
    for words in ("too optimistic", "Nadeau and Bengio", "Holm p", "does not mean no difference"):
        assert words in text
    table = run(folds, "--factor", "size", "--metrics", "accuracy", "--format", "table").out
    assert "64 against 128, accuracy: " in table
    assert run(folds, "--factor", "size", "--format", "csv").out.splitlines()[0] == ",".join(KEYS)


def test_errors_are_one_line(run, folds):
    for arguments, words in (
        ((folds,), "Name it, for example --factor size"),
        ((folds, "--factor", "sise"), "Did you mean 'size'"),
        ((folds.parent, folds), "two or more run folders"),
        ((folds, "--factor", "size", "--where", "model"), "COLUMN=VALUE"),
    ):
        told = run(*arguments, status=1).err
        assert words in told
        assert told.count("\n") == 1
