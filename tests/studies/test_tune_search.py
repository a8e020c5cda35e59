"""A search is kept, goes on after a stop, ends in a config that trains, and says so."""

import json

import numpy as np
import pytest

from arborisk.bundle.load import load_bundle
from arborisk.errors import SettingsError
from arborisk.evaluation.verdict import verdict_of
from arborisk.studies.measuring import measure
from arborisk.studies.settings import load_settings
from arborisk.studies.task import make_task
from arborisk.studies.train import train
from arborisk.studies.tune import trials
from arborisk.studies.tune.config import TuneSettings, open_search_folder
from arborisk.studies.tune.search import Pace, search
from arborisk.studies.tune.space import space_for
from arborisk.studies.tune.store import Store
from arborisk.studies.tune.tuning import tune

SMALL = TuneSettings(trials=4, epochs_max=2, inner_folds=2)


def told(rows):
    """What must be the same in two searches."""
    return [(dict(row.values), row.loss, row.epochs, dict(row.scores)) for row in rows]


@pytest.fixture(scope="module")
def searched(dataset_folder, tiny_settings, tmp_path_factory):
    out = tmp_path_factory.mktemp("tune") / "search"
    return tune(dataset_folder, tiny_settings(), SMALL, out)


def test_the_best_of_the_finished_is_kept_with_what_it_was_tuned_on(searched):
    finished = [row for row in searched.found.rows if row.state == "finished"]
    assert len(searched.found.rows) == 4
    assert searched.found.best.loss == min(row.loss for row in finished)
    assert set(searched.found.best.scores) == set(trials.TOLD_SCORES)
    kept = load_settings({}, searched.config)
    values = searched.found.best.values
    assert kept.training.learning_rate == pytest.approx(values["learning rate"])
    assert kept.model1.dense == (values["dense 1"], values["dense 2"])
    assert kept.training.epochs == searched.found.best.epochs
    assert len(kept.tuned.photos) == 34, "one Possible tree is left out by the scheme"
    assert kept.tuned.n_trials == 4


@pytest.fixture
def bench(dataset_folder, tiny_settings):
    """Makes what trials run on: `bench(epochs_max=2, fixed=(), **settings)`."""

    def make(*, epochs_max=2, fixed=(), **changes):
        settings = tiny_settings(**changes)
        task = make_task(dataset_folder, settings)
        space = space_for(settings, task.scheme, fixed=fixed)
        rows = np.arange(len(task.groups))
        rounds = trials.inner_rounds(task, rows, SMALL, seed=0)
        return trials.Bench(task, settings, space, rounds, epochs_max)

    return make


def test_a_search_that_was_killed_goes_on_and_keeps_its_trials(
    searched, bench, tmp_path, monkeypatch
):
    store, looks = Store(tmp_path / "study.db", "tpe", 0, 2), []
    real = trials.balanced_log_loss

    def stop(class_index, probability):
        looks.append(1)
        if len(looks) == 14:  # a trial is at most 8 looks, so this is in the second
            raise KeyboardInterrupt
        return real(class_index, probability)

    monkeypatch.setattr(trials, "balanced_log_loss", stop)
    with pytest.raises(KeyboardInterrupt):
        search(bench(), store, 4, Pace())
    done = search(bench(), store, 4, Pace())
    assert done.is_complete
    whole = told(searched.found.rows)
    assert told(done.rows)[0] == whole[0]
    assert told(done.rows)[1] == whole[1], "what was killed is tried again, and gives the same"
    n_looks = len(looks)
    assert told(search(bench(), store, 4, Pace()).rows) == told(done.rows)
    assert len(looks) == n_looks, "nothing is fitted twice"
    more = search(bench(), store, 5, Pace())
    assert told(more.rows)[:4] == told(done.rows)
    assert more.n_tried == 5


def test_a_folder_is_neither_overwritten_nor_mixed(searched, tiny_settings, tmp_path):
    task_hash = searched.summary.dataset_hash
    for changes, options, words in (
        ({}, {}, "--resume"),
        ({"epochs_max": 3}, {"resume": True}, r"search\.epochs_max"),
    ):
        wanted = SMALL.model_copy(update=changes)
        with pytest.raises(SettingsError, match=words):
            open_search_folder(
                searched.folder, wanted, tiny_settings(), task_hash, **{"resume": False, **options}
            )
    with pytest.raises(SettingsError, match="other values of seed"):
        open_search_folder(searched.folder, SMALL, tiny_settings(seed=5), task_hash, resume=True)
    more = SMALL.model_copy(update={"trials": 9, "outer_folds": 2})
    open_search_folder(searched.folder, more, tiny_settings(), task_hash, resume=True)


def test_when_the_time_is_up_no_trial_starts(bench, tmp_path):
    seen = []
    with pytest.raises(SettingsError, match="at least one trial that finished"):
        store = Store(tmp_path / "study.db", "tpe", 0, 2)
        search(bench(), store, 4, Pace(until=0.0, on_trial=seen.append))
    assert seen == []


def test_a_setting_that_cannot_work_is_a_failed_trial_with_its_reason(bench, tmp_path, monkeypatch):
    real, calls = trials.Bench.run, []

    def run(self, values, report, progress_for):
        calls.append(values)
        if len(calls) == 1:
            raise SettingsError("a finite loss", "nan", "epoch 1", "Lower the learning rate.")
        return real(self, values, report, progress_for)

    monkeypatch.setattr(trials.Bench, "run", run)
    found = search(bench(epochs_max=1), Store(tmp_path / "study.db", "random", 0, 1), 2, Pace())
    assert [row.state for row in found.rows] == ["failed", "finished"]
    assert "Lower the learning rate" in found.rows[0].note


def test_training_on_the_tuned_photos_says_so_first(searched, dataset_folder, tmp_path):
    settings = load_settings({"split": {"folds": 2}}, searched.config)
    run = train(dataset_folder, settings, tmp_path / "run")
    assert run.headline.startswith("optimistic: tuned on these photos (34 of 34)")
    metrics = json.loads((run.folder / "metrics.json").read_text())
    assert metrics["about"]["n_tuned_on"] == 34
    assert "tuned on these photos (34 of 34)" in run.report.read_text(encoding="utf-8")
    cautions = load_bundle(run.folder).description.cautions
    assert any("tuned on these photos" in caution for caution in cautions)


def test_photos_are_counted_by_their_hash(searched, dataset_folder, tmp_path):
    kept = load_settings({}, searched.config)
    ten = {**kept.tuned.model_dump(), "photos": ["f" * 16, *kept.tuned.photos[:10]]}
    settings = load_settings(
        {"tuned": ten, "split": {"folds": 0}, "training": {"epochs": 1}}, searched.config
    )
    done = measure(make_task(dataset_folder, settings), settings, tmp_path / "run")
    verdict = verdict_of(done.evaluation)
    assert verdict.headline.startswith("optimistic: tuned on these photos (10 of 34)")
    with pytest.raises(SettingsError, match="photo"):
        load_settings({"tuned": {"photo": []}}, searched.config)


def test_a_frozen_model_has_no_epochs_and_no_twin_is_fitted_twice(bench, tmp_path, monkeypatch):
    fitted = []
    real = trials.Bench.run

    def run(self, values, report, progress_for):
        fitted.append(tuple(values.items()))
        return real(self, values, report, progress_for)

    monkeypatch.setattr(trials.Bench, "run", run)
    frozen = bench(
        model="efficientnet_lite0",
        preprocess={"size_px": 64},
        fixed=["preprocess.size_px", "preprocess.crop", "test_views", "augmentation"],
    )
    found = search(frozen, Store(tmp_path / "study.db", "tpe", 0, 2), 5, Pace())
    assert {row.state for row in found.rows} == {"finished"}
    assert found.best.epochs is None
    assert len(found.rows) == 5
    assert len(fitted) == len(set(fitted)) <= 2
    kept = frozen.settings(found.values)
    assert kept.head.class_weights == found.values["class weights"]


@pytest.mark.slow
def test_two_processes_share_a_search(bench, tmp_path):
    found = search(bench(), Store(tmp_path / "study.db", "tpe", 0, 2), 4, Pace(jobs=2))
    assert sorted(row.number for row in found.rows) == [0, 1, 2, 3]
    assert len({tuple(row.values.items()) for row in found.rows}) == 4
