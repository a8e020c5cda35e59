"""Labels made wrong on purpose are found; right ones are left alone; a poor model is refused."""

import csv
import sys

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from arborisk.cli.drift import suspects
from arborisk.errors import DatasetError, MissingDependencyError
from arborisk.evaluation.label_quality import (
    find_suspects,
    of_judged_classes,
    steps_off,
    suspect_labels,
    usual_probabilities,
)


def drawn_answers(n_classes, separation, n=600, seed=0):
    """True classes of drawn points, and the exact probability of each class."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, n_classes, n)
    at = draw.normal(size=n) + separation * truth
    logits = -((at[:, None] - separation * np.arange(n_classes)) ** 2) / 2
    probability = np.exp(logits - logits.max(axis=1, keepdims=True))
    return truth, probability / probability.sum(axis=1, keepdims=True)


def flip(truth, n_classes, n_flipped, seed=1):
    draw = np.random.default_rng(seed)
    rows = draw.permutation(len(truth))[:n_flipped]
    noisy = truth.copy()
    noisy[rows] = (truth[rows] + draw.integers(1, n_classes, n_flipped)) % n_classes
    return noisy, rows


@pytest.mark.parametrize("n_classes", [2, 3])
def test_flipped_labels_are_found_and_come_first(n_classes):
    truth, probability = drawn_answers(n_classes, separation=5)
    noisy, flipped = flip(truth, n_classes, 30)
    found = find_suspects(noisy, probability)
    assert np.isin(flipped, np.flatnonzero(found)).mean() > 0.9
    steps = np.where(found, steps_off(noisy, probability, ordered=True), -1)
    first = np.argsort(-steps)[:25]
    assert np.isin(first, flipped).mean() > 0.9


def test_right_labels_of_classes_that_lie_apart_are_left_alone():
    truth, probability = drawn_answers(3, separation=5)
    assert find_suspects(truth, probability).sum() <= 6  # 1 %


def test_right_labels_of_classes_that_overlap_are_suspected_all_the_same():
    """Why no number of wrong labels is given."""
    truth, probability = drawn_answers(3, separation=1.5)
    found = find_suspects(truth, probability)
    believed = (1 - probability[found, truth[found]]).sum()
    assert found.sum() > 30
    assert believed > 20


def test_a_class_of_five_photos_and_one_of_none_do_not_stop_the_search():
    truth, probability = drawn_answers(3, separation=5, n=300)
    few = np.flatnonzero(truth == 2)
    kept = np.setdiff1d(np.arange(300), few[5:])
    assert find_suspects(truth[kept], probability[kept]).sum() <= 3
    kept = truth < 2
    found = find_suspects(truth[kept], probability[kept])
    assert found.shape == (kept.sum(),)
    one = truth == 0
    assert not find_suspects(truth[one], probability[one]).any()


def test_steps_off_counts_steps_only_where_the_order_means_something():
    given = np.array([0, 0, 1])
    probability = np.array([[0.2, 0.0, 0.8], [0.2, 0.8, 0.0], [0.5, 0.3, 0.2]])
    np.testing.assert_allclose(steps_off(given, probability, ordered=True), [1.6, 0.8, 0.7])
    np.testing.assert_allclose(steps_off(given, probability, ordered=False), [0.8, 0.8, 0.7])


def test_the_usual_probability_is_the_mean_of_a_label_over_its_own_photos():
    given = np.array([0, 0, 1])
    probability = np.array([[0.6, 0.4, 0.0], [0.8, 0.2, 0.0], [0.5, 0.4, 0.1]])
    usual = usual_probabilities(given, probability)
    np.testing.assert_allclose(usual, [0.7, 0.4, np.nan])


def relabel(run, labels):
    """Writes other labels, photo id to (label, class), into a run."""
    path = run / "predictions.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["label"], row["class"] = labels.get(row["photo_id"], (row["label"], row["class"]))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return rows


def test_of_a_run_two_steps_rank_above_one(make_run, tmp_path):
    run = make_run(tmp_path / "run", names=("Im", "Po", "Pr"), n_trees=150, skill=8)
    rows = relabel(run, {})
    ids = {name: [row["photo_id"] for row in rows if row["class"] == name] for name in ("Im", "Po")}
    one_step = ids["Po"][:4]
    two_steps = ids["Im"][:4]
    relabel(run, dict.fromkeys(one_step + two_steps, ("Probable", "Pr")))
    quality = suspect_labels(run)
    ranked = [quality.evaluation.predictions.photo_id[one.row] for one in quality.suspects]
    assert set(ranked[:4]) == set(two_steps)
    assert set(ranked[4:8]) == set(one_step)
    assert [one.rank for one in quality.suspects] == list(range(1, len(ranked) + 1))
    assert [one.n_steps for one in quality.suspects[:8]] == [2] * 4 + [1] * 4
    assert quality.pairs[2].tolist() == [4, 4, 0]


def test_other_photos_of_the_tree_are_counted(make_run, tmp_path):
    run = make_run(tmp_path / "run", n_trees=100, skill=8)
    path = run / "predictions.csv"
    rows = relabel(run, {})
    first = rows[0]["photo_id"]
    rows[0]["class"] = "Pr" if rows[0]["class"] == "Im" else "Im"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["tree_id", *rows[0]])
        writer.writeheader()
        writer.writerows({"tree_id": row["group"], **row} for row in rows)
    quality = suspect_labels(run)
    found = {quality.evaluation.predictions.photo_id[one.row]: one for one in quality.suspects}
    assert (found[first].n_others, found[first].n_otherwise) == (2, 2)


def test_without_cleanlab_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    truth, probability = drawn_answers(2, separation=5, n=20)
    with pytest.raises(MissingDependencyError, match=r"\.\[labels\]"):
        find_suspects(truth, probability)


def test_a_model_that_counts_classes_alike_is_turned_to_the_shares(make_run, tmp_path):
    run = make_run(tmp_path / "run", skill=2)
    plain = suspect_labels(run)
    data = (run / "data.json").read_text(encoding="utf-8")
    assert '"counts_classes_alike": false' in data
    data = data.replace('"counts_classes_alike": false', '"counts_classes_alike": true')
    (run / "data.json").write_text(data, encoding="utf-8")
    turned = suspect_labels(run)
    assert turned.usual_probability[0] > plain.usual_probability[0]  # the commoner class gains


def test_a_degenerate_model_is_refused(make_run, tmp_path):
    run = make_run(tmp_path / "run", constant=True)
    with pytest.raises(DatasetError, match="No label is listed"):
        suspect_labels(run)


def test_a_model_that_guesses_is_refused_with_the_verdict(make_run, tmp_path):
    with pytest.raises(DatasetError, match=r"found (Not|Degenerate)"):
        suspect_labels(make_run(tmp_path / "run", skill=0.0))
    with pytest.raises(DatasetError, match="too few trees"):
        suspect_labels(make_run(tmp_path / "small", n_trees=12, skill=4.0))


def test_a_class_that_the_model_does_not_know_is_not_listed():
    random = np.random.default_rng(3)
    given = np.repeat([0, 1, 2], [200, 200, 99])
    probability = np.full((499, 3), 0.05)  # knows the first two, and takes the third for the first
    right = np.where(given == 2, 0, given)
    said = np.where(random.random(499) < 0.95, right, 1 - right)
    probability[np.arange(499), said] = 0.9
    probability[given == 2] += random.uniform(0, 0.02, (99, 3))
    probability /= probability.sum(axis=1, keepdims=True)
    found = find_suspects(given, probability)
    kept, unjudged = of_judged_classes(given, found, probability.argmax(axis=1))
    assert unjudged == {2: found[given == 2].sum()} and unjudged[2] >= 90
    assert not kept[given == 2].any()
    assert (kept[given < 2] == found[given < 2]).all() and kept.sum() >= 10


def test_few_photos_of_a_class_are_told(make_run, tmp_path):
    run = make_run(tmp_path / "run", n_trees=60, photos_per_tree=1, skill=6)
    assert suspect_labels(run).few == {"Probable": 18}


def test_the_command_says_the_verdict_first_where_it_lists_nothing(make_run, tmp_path):
    app = typer.Typer()
    app.command()(suspects)
    run = make_run(tmp_path / "run", skill=0.0)
    done = CliRunner().invoke(app, [str(run)])
    assert done.exit_code == 1
    assert done.stdout.startswith(("Degenerate", "Not distinguishable"))
    assert "No label is listed" in str(done.exception)
    assert not (run / "suspects.csv").exists()
