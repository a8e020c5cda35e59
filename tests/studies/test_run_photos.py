"""The photos of a run are found again, each with the member that held it back."""

import numpy as np
import pytest

from arborisk.bundle.load import load_bundle
from arborisk.errors import BundleError, DatasetError
from arborisk.evaluation.run_photos import members_of, read_run_photos
from arborisk.report.interpret_page import Chapter
from arborisk.studies.interpret.readings import fingerprint, keep_chapter, kept_chapter
from arborisk.studies.train import train


@pytest.fixture(scope="module")
def run(dataset_folder, tiny_settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(dataset_folder, tiny_settings(), folder)
    return folder


def test_each_photo_was_held_back_by_the_member_of_its_fold(run):
    photos = read_run_photos(run)
    description = load_bundle(run).description
    members = photos.members(description)
    assert set(members.tolist()) == {0, 1}
    assert [f"fold-{number + 1}" for number in members] == list(photos.predictions.round_name)
    refit = description.model_copy(update={"kind": "refit"})
    with pytest.raises(BundleError, match="Train without --refit"):
        photos.members(refit)


def test_members_follow_the_numbers_of_the_folds():
    rounds = ("fold-10", "fold-2", "fold-10")
    assert members_of(rounds, kind="folds_averaged", n_members=2).tolist() == [1, 0, 1]
    with pytest.raises(BundleError, match="one member for each round"):
        members_of(("test",), kind="held_out", n_members=2)


def test_classes_are_drawn_alike_and_the_same_again(run):
    photos = read_run_photos(run)
    rows = photos.chosen(12, seed=3)
    counts = np.bincount(photos.predictions.class_index[rows])
    assert counts.tolist() == [6, 6]
    np.testing.assert_array_equal(rows, photos.chosen(12, seed=3))
    assert len(photos.chosen(1000, seed=3)) == len(photos.paths)


def test_photos_that_are_gone_are_named(run, tmp_path):
    data = (run / "data.json").read_text()
    (tmp_path / "data.json").write_text(data)
    (tmp_path / "predictions.csv").write_text((run / "predictions.csv").read_text())
    with pytest.raises(DatasetError, match="move the run and its photos together"):
        read_run_photos(tmp_path)


def test_a_finished_chapter_is_kept_for_the_same_work_alone(tmp_path):
    chapter = Chapter("parts", "Where?", "<p>here</p>", uses=("It looks at the crown.",))
    mark = fingerprint({"bundle": "a"})
    keep_chapter(tmp_path, chapter, mark)
    assert kept_chapter(tmp_path, "parts", mark) == chapter
    assert kept_chapter(tmp_path, "parts", fingerprint({"bundle": "b"})) is None
    assert kept_chapter(tmp_path, "other", mark) is None
