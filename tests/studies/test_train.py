"""A run from data set to bundle: whole, the same again, and honest about what it ships."""

import csv
import dataclasses
import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from arborisk.bundle.load import load_bundle
from arborisk.errors import SettingsError
from arborisk.preprocess.prepare import prepare_file
from arborisk.studies.measuring import ROUNDS, fingerprint_of
from arborisk.studies.network_learner import NetworkLearner
from arborisk.studies.task import make_task
from arborisk.studies.train import train
from arborisk.training.augmentation import predict_probability


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def finished(dataset_folder, tmp_path_factory, tiny_settings):
    return train(dataset_folder, tiny_settings(), tmp_path_factory.mktemp("runs") / "run")


def test_every_photo_is_predicted_once_while_held_back(finished):
    predictions = rows_of(finished.folder / "predictions.csv")
    assert len({row["photo_id"] for row in predictions}) == len(predictions) == 34
    part_of = {row["photo_id"]: row["part"] for row in rows_of(finished.folder / "split.csv")}
    assert all(row["round"] == part_of[row["photo_id"]] for row in predictions)
    for row in predictions:
        assert float(row["p_Im"]) + float(row["p_Pr"]) == pytest.approx(1, abs=1e-5)
    assert len(rows_of(finished.folder / "history.csv")) == 2 * 2
    metrics = json.loads((finished.folder / "metrics.json").read_text())
    assert metrics["macro_f1"]["value"] == finished.evaluation.metrics["macro_f1"].interval.value


def test_trees_stay_on_one_side(finished):
    parts = {}
    for row in rows_of(finished.folder / "predictions.csv"):
        parts.setdefault(row["file"].split("-")[1], set()).add(row["round"])
    assert len(parts) == 17
    assert all(len(found) == 1 for found in parts.values())


def test_the_bundle_is_the_mean_of_the_folds_that_were_measured(
    finished, dataset_folder, tiny_settings
):
    bundle = load_bundle(finished.folder)
    assert (bundle.description.kind, bundle.description.n_members) == ("folds_averaged", 2)
    score = bundle.description.scores["balanced_accuracy"]
    assert score.value == finished.evaluation.metrics["balanced_accuracy"].interval.value
    settings = tiny_settings()
    task = make_task(dataset_folder, settings)
    arrays = np.stack([prepare_file(path, settings.preprocess) for path in task.paths])
    learner = NetworkLearner(arrays, task, settings)
    kept = [load_file(finished.folder / ROUNDS / f"fold-{k}.safetensors") for k in (1, 2)]
    single = [
        predict_probability(network, arrays, np.arange(len(arrays)), settings.preprocess)
        for network in learner.members(kept)
    ]
    averaged = bundle.predict(arrays).probability
    np.testing.assert_allclose(averaged, np.mean(single, axis=0), atol=1e-5)
    held_back = {row["photo_id"]: row for row in rows_of(finished.folder / "predictions.csv")}
    for index, row in enumerate(task.labelled.rows):
        own = held_back[row.photo_id]
        fold = int(own["round"].removeprefix("fold-")) - 1
        assert float(own["p_Pr"]) == pytest.approx(single[fold][index, 1], abs=1e-5)


def test_the_bundle_carries_what_its_members_said_of_photos_held_back(finished):
    bundle = load_bundle(finished.folder)
    predictions = rows_of(finished.folder / "predictions.csv")
    table = bundle.calibration.table
    said = np.array([[float(row["p_Im"]), float(row["p_Pr"])] for row in predictions])
    assert table.probability == pytest.approx(said / said.sum(axis=1, keepdims=True), abs=1e-5)
    assert [f"fold-{member + 1}" for member in table.member] == [r["round"] for r in predictions]
    assert table.n_groups == 17
    record = bundle.description.calibration
    assert record.model_sha256 == bundle.record.files.model_onnx
    assert set(record.before) == set(record.after) >= {"log_loss", "calibration_error"}
    assert bundle.reference.n_groups == 17
    card = json.loads((finished.folder / "bundle" / "data_card.json").read_text())
    assert card["arborisk:summary"]["n_photos"] == 36  # two of them without a class


def test_an_interrupted_run_ends_with_the_same_numbers(
    finished, dataset_folder, tiny_settings, tmp_path
):
    seen = []

    def stop(row, seconds_left):
        seen.append(row.epoch)
        if len(seen) == 3:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(dataset_folder, tiny_settings(), out, on_epoch=stop)
    assert (out / ROUNDS / "fold-1.json").is_file()
    assert not (out / "predictions.csv").exists()
    train(dataset_folder, tiny_settings(), out, resume=True, on_epoch=stop)
    assert len(seen) == 4, "finished epochs are not fitted again"
    assert rows_of(out / "predictions.csv") == rows_of(finished.folder / "predictions.csv")
    assert (out / "metrics.json").read_text() == (finished.folder / "metrics.json").read_text()


def test_a_run_is_neither_overwritten_nor_mixed(finished, dataset_folder, tiny_settings):
    with pytest.raises(SettingsError, match="--resume"):
        train(dataset_folder, tiny_settings(), finished.folder)
    with pytest.raises(SettingsError, match="to go on with"):
        train(dataset_folder, tiny_settings(), finished.folder / "typo", resume=True)
    with pytest.raises(SettingsError, match="other values of seed"):
        train(dataset_folder, tiny_settings(seed=5), finished.folder, resume=True)


def test_finished_rounds_are_not_scored_under_another_split(
    finished, dataset_folder, tiny_settings, tmp_path
):
    given = tmp_path / "mine.csv"
    given.write_bytes((finished.folder / "split.csv").read_bytes())
    settings = tiny_settings(split={"protocol": "given", "file": str(given)})
    out = tmp_path / "run"
    train(dataset_folder, settings, out)
    before = (out / "split.csv").read_bytes()
    swapped = given.read_text().replace("fold-1", "x").replace("fold-2", "fold-1")
    given.write_text(swapped.replace("x,", "fold-2,"))
    with pytest.raises(SettingsError, match="split, settings and version"):
        train(dataset_folder, settings, out, resume=True)
    assert (out / "split.csv").read_bytes() == before


def test_something_else_in_the_folder_is_left_alone(dataset_folder, tiny_settings, tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(SettingsError, match="something else"):
        train(dataset_folder, tiny_settings(), tmp_path)


def test_the_decks_split_is_marked_and_its_model_held_out(
    finished, dataset_folder, tiny_settings, tmp_path
):
    settings = tiny_settings(split={"protocol": "deck", "folds": 0, "test_share": 0.3})
    run = train(dataset_folder, settings, tmp_path / "run")
    description = load_bundle(run.folder).description
    assert (description.kind, description.protocol) == ("held_out", "deck")
    assert description.n_groups_spanning_parts == run.evaluation.leak.n_groups_spanning > 0
    assert any("leaks" in caution for caution in description.cautions)
    assert not any(
        "leaks" in caution for caution in load_bundle(finished.folder).description.cautions
    )
    majority = run.evaluation.metrics["balanced_accuracy"].majority
    assert description.scores["balanced_accuracy"].majority == majority
    assert "leaks" in run.headline
    assert description.calibration is None  # errors of photos whose trees were seen promise nothing


def test_a_refit_carries_no_score(dataset_folder, tiny_settings, tmp_path):
    settings = tiny_settings(refit=True, split={"folds": 0, "test_share": 0.3})
    run = train(dataset_folder, settings, tmp_path / "run")
    description = load_bundle(run.folder).description
    assert (description.kind, description.scores) == ("refit", {})
    assert description.calibration is None
    assert description.n_training_photos == 34
    assert all("before this refit" in caution for caution in description.cautions)
    assert description.cautions, "a tiny run is never shown to beat the majority class"


def test_a_run_whose_labels_changed_does_not_go_on(dataset_folder, tiny_settings):
    task = make_task(dataset_folder, tiny_settings())
    round_ = task.split.rounds()[0]
    shares = np.eye(len(task.scheme.classes))[task.class_index]
    before = fingerprint_of(task, tiny_settings(), round_)
    assert fingerprint_of(task, tiny_settings(), round_) == before
    labels = dataclasses.replace(task.labelled, class_index=np.roll(task.class_index, 1))
    for name, changed in (
        ("labelled", labels),
        ("groups", tuple(reversed(task.groups))),
        ("class_share", shares),
    ):
        other = dataclasses.replace(task, **{name: changed})
        assert fingerprint_of(other, tiny_settings(), round_) != before, name


def test_a_given_split_is_honoured(finished, dataset_folder, tiny_settings, tmp_path):
    given = tmp_path / "mine.csv"
    swap = {"fold-1": "fold-2", "fold-2": "fold-1"}
    with given.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "part"])
        for row in rows_of(finished.folder / "split.csv"):
            table.writerow([row["file"], swap[row["part"]]])
    settings = tiny_settings(split={"protocol": "given", "file": str(given)})
    run = train(dataset_folder, settings, tmp_path / "run")
    before = {row["file"]: row["round"] for row in rows_of(finished.folder / "predictions.csv")}
    for row in rows_of(run.folder / "predictions.csv"):
        assert row["round"] == swap[before[row["file"]]]


def test_the_default_model_learns_what_can_be_seen(dataset_folder, tiny_settings, tmp_path):
    settings = tiny_settings(model="efficientnet_lite0", preprocess={"size_px": 64})
    run = train(dataset_folder, settings, tmp_path / "run")
    assert run.evaluation.metrics["balanced_accuracy"].interval.value > 0.9
    assert load_bundle(run.folder).description.n_members == 2


def test_photos_that_a_scheme_leaves_out_are_counted_and_named(finished):
    named = [row["file"] for row in rows_of(finished.folder / "left_out.csv")]
    assert named == ["photo-17-0.png", "photo-17-1.png"]
    assert any("leaves out: Possible 2" in note for note in finished.notes)
