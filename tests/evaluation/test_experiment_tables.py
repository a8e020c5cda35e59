"""The tables of an experiment, cell by cell, from counts worked by hand."""

import csv
from functools import partial

import pytest

from arborisk.evaluation.experiment import read_experiment
from arborisk.evaluation.experiment_tables import write_experiment_tables
from arborisk.evaluation.fold_scores import read_fold_scores

CONSTANT = [[[33, 0], [5, 0]], [[33, 0], [5, 0]]]
"""Always Improbable: 66 of 76 photos, as in the deck."""
MIXED = [[[20, 4, 0], [2, 6, 2], [1, 1, 4]], [[18, 4, 2], [3, 5, 2], [0, 2, 4]]]


@pytest.fixture(scope="module")
def out(tmp_path_factory, make_experiment, make_answers):
    folder = tmp_path_factory.mktemp("tables")
    two = partial(make_answers, names=("Im", "Pr"), folds=CONSTANT, size_px=108)
    three = partial(make_answers, names=("Im", "Po", "Pr"), folds=MIXED, size_px=224)
    cells = [
        ({"scheme": "Pr_Im", "size": 108, "protocol": "grouped", "channels": 1}, [two]),
        ({"scheme": "Pr_Po_Im", "size": 224, "protocol": "grouped", "channels": 3}, [three, None]),
    ]
    write_experiment_tables(read_experiment(make_experiment(folder, cells)), folder)
    return folder


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_decks_table_is_as_the_deck_prints_it(out):
    first, second = rows_of(out / "deck_table.csv")
    assert list(first.values()) == [
        *("{Probable, Improbable}", "108 x 108", "86.8", "100.0", "86.8"),
        *("Improbable", "c01", "CNN Model 1", "from scratch", "grouped", "grey", "86.8"),
        "degenerate",
    ]
    # Of 44 said Improbable 38 are, of 48 Improbable 38 are said so; 57 of 80 right.
    assert list(second.values())[:6] == [
        *("{Probable, Possible, Improbable}", "224 x 224", "86.4", "79.2", "71.3"),
        "Improbable",
    ]
    text = (out / "deck_table.md").read_text()
    assert "| {Probable, Improbable} | 108 x 108 | 86.8 | 100.0 | 86.8 |" in text
    assert "Not finished: cells/c02/repeat-2: not finished" in text


def test_results_hold_every_metric_with_baselines_and_counts(out):
    rows = {(row["cell"], row["metric"]): row for row in rows_of(out / "results.csv")}
    row = rows["c02", "accuracy"]
    assert float(row["value"]) == pytest.approx(57 / 80)
    assert float(row["low"]) < 57 / 80 < float(row["high"])
    assert (row["majority"], row["n_predictions"], row["n_groups"]) == ("0.6", "80", "80")
    assert (row["n_repeats_finished"], row["n_repeats"], row["n_rounds"]) == ("1", "2", "2")
    assert rows["c02", "recall_Pr"]["n_predictions"] == "12"
    # 12 photos of the rarest class: too few for an honest interval.
    assert (rows["c02", "recall_Pr"]["low"], rows["c02", "recall_Pr"]["note"]) == (
        "",
        "too few trees for an interval",
    )
    constant = rows["c01", "balanced_accuracy"]
    assert (constant["n_rounds_one_answer"], constant["verdict"]) == ("2", "degenerate")
    assert constant["degenerate"].startswith("Degenerate: the model calls 76 of 76")
    text = (out / "results.md").read_text()
    assert "## c02: Pr_Po_Im · 224 px · colour" in text
    assert "| Accuracy | 0.713 | " in text
    assert "Degenerate: the model calls 76 of 76" in text


def test_folds_can_be_compared(out):
    rows = rows_of(out / "folds.csv")
    assert [(row["cell"], row["repeat"], row["fold"]) for row in rows] == [
        *(("c01", "1", "1"), ("c01", "1", "2"), ("c02", "1", "1"), ("c02", "1", "2")),
    ]
    assert (rows[2]["n_test"], rows[2]["n_train"]) == ("40", "40")
    assert float(rows[2]["accuracy"]) == 30 / 40
    assert float(rows[2]["recall_Pr"]) == pytest.approx(4 / 6)
    assert rows[0]["recall_Po"] == ""
    read = read_fold_scores(out / "folds.csv", columns=["size", "scheme"], metrics=["macro_f1"])
    assert [row.n_test for row in read.rows] == [38, 38, 40, 40]
