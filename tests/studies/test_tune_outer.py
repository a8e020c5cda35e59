"""Outer folds: no trial ever sees an outer test photo, and the estimate carries no caution."""

import csv

import numpy as np
import pytest

from arborisk.errors import SplitError
from arborisk.studies import network_learner
from arborisk.studies.task import make_task
from arborisk.studies.tune.config import TuneSettings
from arborisk.studies.tune.outer import outer_settings
from arborisk.studies.tune.trials import inner_rounds
from arborisk.studies.tune.tuning import tune
from arborisk.training import augmentation

WITH_OUTER = TuneSettings(trials=2, epochs_max=1, inner_folds=2, outer_folds=2)


def test_no_trial_sees_a_photo_that_is_held_back_outside(
    dataset_folder, tiny_settings, tmp_path, monkeypatch
):
    seen, said = {"": set()}, [""]  # rows seen while searching, by outer fold
    fit, predict = network_learner.fit_network, augmentation.predict_probability

    def say(text):
        if text.startswith("Outer fold-"):
            said.append(text.split(":")[0].removeprefix("Outer "))
            seen[said[-1]] = set()

    def watch_fit(*args, train, test, **keywords):
        if len(test):  # the refit, which is tested outside
            rounds = {round_.name: round_ for round_ in task.split.rounds()}
            assert set(test) == set(rounds[said[-1]].test)
            assert set(train) == set(rounds[said[-1]].train)
            fold = said[-1]
            said.append("refit")  # it may look at the fold it is tested on
            seen.setdefault("refit", set())
            refitted = fit(*args, train=train, test=test, **keywords)
            said.append(fold)
            return refitted
        seen[said[-1]] |= set(train)
        return fit(*args, train=train, test=test, **keywords)

    def watch_look(network, arrays, rows, *args):
        seen[said[-1]] |= set(rows)
        return predict(network, arrays, rows, *args)

    monkeypatch.setattr(network_learner, "fit_network", watch_fit)
    monkeypatch.setattr(augmentation, "predict_probability", watch_look)
    settings = tiny_settings()
    task = make_task(dataset_folder, outer_settings(settings, 2))
    done = tune(dataset_folder, settings, WITH_OUTER, tmp_path / "search", say=say)
    assert len(seen.pop("")) == len(seen.pop("refit")) == 34
    assert set(seen) == {"fold-1", "fold-2"}
    for round_ in task.split.rounds():
        assert not seen[round_.name] & set(round_.test)
        groups = {task.groups[row] for row in seen[round_.name]}
        assert not groups & {task.groups[row] for row in round_.test}

    outer = tmp_path / "search" / "outer"
    assert done.outer is not None
    assert not any("tuned" in caution for caution in done.outer.verdict.cautions)
    with (outer / "predictions.csv").open(newline="") as file:
        assert len({row["photo_id"] for row in csv.DictReader(file)}) == 34
    with (outer / "chosen.csv").open(newline="") as file:
        chosen = list(csv.DictReader(file))
    assert [row["round"] for row in chosen] == ["fold-1", "fold-2"]
    assert all(float(row["learning rate"]) > 0 for row in chosen)
    assert (outer / "report.html").is_file()
    text = done.report.read_text(encoding="utf-8")
    assert "Outer folds, the honest estimate" in text
    assert 'href="outer/report.html"' in text


def test_inner_parts_keep_trees_whole(dataset_folder, tiny_settings):
    task = make_task(dataset_folder, tiny_settings())
    rows = task.split.rounds()[0].train
    for wanted in (
        TuneSettings(inner_folds=2),
        TuneSettings(inner_folds=0, inner_share=0.4),
    ):
        for round_ in inner_rounds(task, rows, wanted, seed=0):
            trees = [{task.groups[row] for row in part} for part in (round_.train, round_.test)]
            assert not trees[0] & trees[1]
            assert {*round_.train, *round_.test} == set(rows)


def test_too_few_groups_for_inner_parts_are_told(dataset_folder, tiny_settings):
    task = make_task(dataset_folder, tiny_settings())
    once = [row for row, group in enumerate(task.groups) if group == task.groups[0]]
    others = np.flatnonzero(task.class_index != task.class_index[0])
    with pytest.raises(SplitError, match="two inner folds"):
        inner_rounds(task, np.array([*once, *others]), TuneSettings(), seed=0)
