"""A search is kept, goes on after a stop, ends in a config that trains, and says so."""

import json

import pytest

from arborisk.bundle import load_bundle
from arborisk.errors import SettingsError
from arborisk.studies import load_settings, train
from arborisk.studies.tune import Pace, TuneSettings, trials, tune

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


def test_a_search_that_was_killed_goes_on_and_keeps_its_trials(
    searched, dataset_folder, tiny_settings, tmp_path, monkeypatch
):
    out, looks = tmp_path / "search", []
    real = trials.balanced_log_loss

    def stop(class_index, probability):
        looks.append(1)
        if len(looks) == 6:  # trials of 2 epochs on 2 parts: somewhere in the second
            raise KeyboardInterrupt
        return real(class_index, probability)

    monkeypatch.setattr(trials, "balanced_log_loss", stop)
    with pytest.raises(KeyboardInterrupt):
        tune(dataset_folder, tiny_settings(), SMALL, out)
    with pytest.raises(SettingsError, match="--resume"):
        tune(dataset_folder, tiny_settings(), SMALL, out)
    with pytest.raises(SettingsError, match=r"search\.epochs_max"):
        other = SMALL.model_copy(update={"epochs_max": 3})
        tune(dataset_folder, tiny_settings(), other, out, resume=True)
    done = tune(dataset_folder, tiny_settings(), SMALL, out, resume=True)
    assert len(done.found.rows) == 4
    whole = told(searched.found.rows)
    assert told(done.found.rows)[0] == whole[0]
    assert dict(done.found.rows[1].values) == whole[1][0], "what was killed is tried again"
    n_looks = len(looks)
    again = tune(dataset_folder, tiny_settings(), SMALL, out, resume=True)
    assert told(again.found.rows) == told(done.found.rows)
    assert len(looks) == n_looks, "nothing is fitted twice"
    more = tune(
        dataset_folder,
        tiny_settings(),
        SMALL.model_copy(update={"trials": 5}),
        out,
        resume=True,
    )
    assert told(more.found.rows)[:4] == told(done.found.rows)
    assert more.found.n_tried == 5


def test_when_the_time_is_up_no_trial_starts(dataset_folder, tiny_settings, tmp_path):
    seen = []
    pace = Pace(until=0.0, on_trial=seen.append)
    with pytest.raises(SettingsError, match="at least one trial that finished"):
        tune(dataset_folder, tiny_settings(), SMALL, tmp_path / "search", pace=pace)
    assert seen == []


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
    settings = load_settings({"tuned": ten, "split": {"folds": 0}}, searched.config)
    run = train(dataset_folder, settings, tmp_path / "run")
    assert run.headline.startswith("optimistic: tuned on these photos (10 of 34)")
    with pytest.raises(SettingsError, match="photo"):
        load_settings({"tuned": {"photo": []}}, searched.config)


def test_a_frozen_model_has_no_epochs_and_no_twin_is_fitted_twice(
    dataset_folder, tiny_settings, tmp_path, monkeypatch
):
    fitted = []
    real = trials.Bench.run

    def run(self, values, report, progress_for):
        fitted.append(tuple(values.items()))
        return real(self, values, report, progress_for)

    monkeypatch.setattr(trials.Bench, "run", run)
    settings = tiny_settings(model="efficientnet_lite0", preprocess={"size_px": 64})
    few = SMALL.model_copy(update={"trials": 5})
    fixed = ["preprocess.size_px", "preprocess.crop", "test_views", "augmentation"]
    done = tune(dataset_folder, settings, few, tmp_path / "search", fixed=fixed)
    assert {row.state for row in done.found.rows} == {"finished"}
    assert done.found.best.epochs is None
    assert len(done.found.rows) == 5
    assert len(fitted) == len(set(fitted)) <= 2
    assert load_settings({}, done.config).head.class_weights == done.found.values["class weights"]


@pytest.mark.slow
def test_two_processes_share_a_search(dataset_folder, tiny_settings, tmp_path):
    done = tune(dataset_folder, tiny_settings(), SMALL, tmp_path / "search", pace=Pace(jobs=2))
    assert sorted(row.number for row in done.found.rows) == [0, 1, 2, 3]
    assert len({tuple(row.values.items()) for row in done.found.rows}) == 4
