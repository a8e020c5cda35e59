"""Scores of a run: hand-worked numbers, the form of metrics.json, and files that are wrong."""

import csv
import json

import numpy as np
import pytest

from arborisk.errors import DatasetError
from arborisk.evaluation.evaluate import evaluate_run, write_metrics
from arborisk.evaluation.run_tables import read_run_data

ROWS = [
    # photo_id, file, group, round, label, class, p_Im, p_Pr, predicted, prior_Im, prior_Pr
    ["a", "a.jpg", "oak", "1", "Improbable", "Im", 0.9, 0.1, "Im", 0.75, 0.25],
    ["b", "b.jpg", "oak", "1", "Improbable", "Im", 0.6, 0.4, "Im", 0.75, 0.25],
    ["c", "c.jpg", "elm", "2", "Improbable", "Im", 0.2, 0.8, "Pr", 0.75, 0.25],
    ["d", "d.jpg", "ash", "2", "Probable", "Pr", 0.3, 0.7, "Pr", 0.75, 0.25],
]


def put(path, column, row, text):
    """Changes one cell of a CSV file."""
    with path.open(newline="") as file:
        table = list(csv.reader(file))
    table[row][table[0].index(column)] = text
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(table)


@pytest.fixture
def small_run(tmp_path, make_run):
    """Four photos whose scores can be worked by hand."""
    run = make_run(tmp_path / "run", n_trees=10)
    header = (run / "predictions.csv").read_text().splitlines()[0].split(",")
    with (run / "predictions.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *ROWS])
    with (run / "split.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ["photo_id", "file", "group", "part", "protocol", "seed"],
                *([row[0], row[1], row[2], f"fold-{row[3]}", "grouped", 0] for row in ROWS),
            ]
        )
    return run


def test_hand_worked_scores_and_baselines(small_run):
    metrics = evaluate_run(small_run).as_json()
    assert metrics["accuracy"]["value"] == 3 / 4
    assert metrics["accuracy"]["baselines"]["majority"] == 3 / 4
    assert metrics["accuracy"]["baselines"]["prior_sampling"] == (3 * 0.75 + 0.25) / 4
    assert metrics["balanced_accuracy"]["value"] == pytest.approx((2 / 3 + 1) / 2)
    assert metrics["balanced_accuracy"]["baselines"]["majority"] == 0.5
    assert metrics["precision_Pr"]["value"] == 1 / 2
    expected = -(np.log(0.9) + np.log(0.6) + np.log(0.2) + np.log(0.7)) / 4
    assert metrics["log_loss"]["value"] == pytest.approx(expected)
    assert metrics["about"]["confusion_matrix"] == [[2, 1], [0, 1]]


def test_the_majority_is_one_answer_for_all_folds(tmp_path, make_run):
    run = make_run(tmp_path / "run", n_trees=40, photos_per_tree=1)
    rows = list(csv.DictReader((run / "predictions.csv").read_text().splitlines()))
    for place, row in enumerate(rows):  # each fold has more of the class that it trains on less
        fold, rest = divmod(place, 20)
        row["round"] = f"fold-{fold + 1}"
        row["class"], row["label"] = (
            ("Im", "Improbable") if (rest < 12) == (fold == 0) else ("Pr", "Probable")
        )
        row["prior_Im"], row["prior_Pr"] = ("0.4", "0.6") if fold == 0 else ("0.6", "0.4")
    with (run / "predictions.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    found = evaluate_run(run).metrics
    assert found["accuracy"].majority == 0.5  # fold by fold 0.4
    assert found["balanced_accuracy"].majority == 0.5


@pytest.mark.parametrize(
    ("metric", "n_photos", "n_groups"),
    [("accuracy", 4, 3), ("recall_Im", 3, 2), ("precision_Im", 2, 1), ("f1_Pr", 2, 2)],
)
def test_each_metric_counts_the_photos_it_is_over(small_run, metric, n_photos, n_groups):
    result = evaluate_run(small_run).metrics[metric]
    assert (result.n_photos, result.n_groups) == (n_photos, n_groups)


def test_four_photos_have_no_interval(small_run):
    interval = evaluate_run(small_run).metrics["balanced_accuracy"].interval
    assert interval.low is None
    assert "too few trees" in interval.note


def test_metrics_json_is_strict_json_in_the_agreed_form(tmp_path, make_run):
    run = make_run(tmp_path / "run")
    path = write_metrics(evaluate_run(run), run)

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    content = json.loads(path.read_text(), parse_constant=refuse)
    about = content.pop("about")
    assert about["class_names"] == ["Im", "Pr"]
    assert about["degenerate"] is None
    assert sum(about["class_counts"].values()) == about["n_photos"] == 360
    assert {"accuracy", "macro_f1", "quadratic_weighted_kappa", "brier", "f1_Pr"} <= set(content)
    for metric in content.values():
        assert metric["low"] <= metric["value"] <= metric["high"]
        assert set(metric["baselines"]) == {"majority", "prior_sampling"}


def test_order_of_rows_does_not_matter(tmp_path, make_run):
    run = make_run(tmp_path / "run", n_trees=60)
    before = evaluate_run(run).as_json()
    path = run / "predictions.csv"
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *np.random.default_rng(1).permutation(lines)]) + "\n")
    after = evaluate_run(run).as_json()
    assert after.pop("about") == before.pop("about")
    for name, metric in before.items():
        assert after[name]["value"] == pytest.approx(metric["value"])
        assert after[name]["low"] == pytest.approx(metric["low"])


def test_a_split_by_photo_leaks_every_tree(tmp_path, make_run):
    leak = evaluate_run(make_run(tmp_path / "run", n_trees=30, protocol="deck")).leak
    assert (leak.protocol, leak.n_groups_spanning, leak.n_photos) == ("deck", 30, 90)


def test_what_training_and_validation_share_is_no_leak(small_run):
    put(small_run / "split.csv", "part", 1, "train")
    put(small_run / "split.csv", "part", 2, "validation")
    put(small_run / "split.csv", "part", 3, "test")
    put(small_run / "split.csv", "part", 4, "test")
    assert evaluate_run(small_run).leak.n_groups_spanning == 0
    put(small_run / "split.csv", "part", 2, "test")
    assert evaluate_run(small_run).leak.n_groups_spanning == 1


def test_a_site_shared_by_groups_is_counted(small_run):
    path = small_run / "split.csv"
    header, *lines = path.read_text().splitlines()
    sites = ["park", "park", "park", "street"]
    rows = [f"{line},,{site}" for line, site in zip(lines, sites, strict=True)]
    path.write_text("\n".join([f"{header},tree_id,site_id", *rows]))
    leak = evaluate_run(small_run).leak
    assert (leak.n_groups_spanning, leak.n_sites_apart, leak.apart) == (0, 1, "1 site")


def test_photo_root_moves_with_the_run(tmp_path, make_run):
    make_run(tmp_path / "here" / "run", n_trees=10, photo_root="../photos")
    (tmp_path / "here").rename(tmp_path / "there")
    assert read_run_data(tmp_path / "there" / "run").photo_root == tmp_path / "there" / "photos"


@pytest.mark.parametrize(
    ("file", "column", "text", "message"),
    [
        ("predictions.csv", "class", "Po", r"classes Im, Pr; found Po"),
        ("predictions.csv", "p_Im", "0.95", r"sum to 1; found p_Im 0.95.*line 2"),
        ("predictions.csv", "p_Im", "nan", r"sum to 1; found p_Im nan"),
        ("predictions.csv", "prior_Im", "many", r"numbers; found .*many"),
        ("predictions.csv", "photo_id", "b", r"each photo once; found 'b' 2 times"),
        ("predictions.csv", "photo_id", "z", r"found 1 that are not, for example 'z'"),
        ("history.csv", "epoch", "first", r"numbers; found .*first"),
    ],
)
def test_a_wrong_cell_is_named(small_run, file, column, text, message):
    put(small_run / file, column, 1, text)
    with pytest.raises(DatasetError, match=message):
        evaluate_run(small_run)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("predictions.csv", "photo_id,file\na,a.jpg\n", r"none named \['group'"),
        ("split.csv", "photo_id,file,group,part\na,a.jpg\n", r"4 cells; found 2 .*line 2"),
        ("config.toml", "model = \n", r"Expected TOML"),
        ("config.toml", "seed = 0\n", r"name of a model; found None"),
        ("data.json", "{}", r"found a problem: KeyError\('scheme'\)"),
        ("history.csv", None, r"a file history.csv; found no such file"),
    ],
)
def test_a_wrong_file_says_what_to_do(small_run, file, text, message):
    if text is None:
        (small_run / file).unlink()
    else:
        (small_run / file).write_text(text)
    with pytest.raises(DatasetError, match=message) as raised:
        evaluate_run(small_run)
    assert "arborisk train" in raised.value.remedy
