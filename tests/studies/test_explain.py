"""Photos explained end to end: pages, table, rows with reasons, and a rerun that goes on."""

import csv
import shutil
from dataclasses import replace

import pytest

from arborisk.errors import BundleError, SettingsError
from arborisk.explanation.opened import open_model
from arborisk.studies.explain.asked import ExplainOptions
from arborisk.studies.explain.explain import explain
from arborisk.studies.explain.explainer import Explainer
from arborisk.studies.train import train
from arborisk.wording.sentences import WIRES_NOT_RULED_OUT

QUICK = ExplainOptions(n_photos=4, check=False)


def silent(_):
    return lambda done, total: None


@pytest.fixture(scope="module")
def run(dataset_folder, tiny_settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained") / "run"
    train(dataset_folder, tiny_settings(), folder)
    return folder


@pytest.fixture(scope="module")
def held_back(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("held-back") / "out"
    return explain(run, None, out, QUICK, progress_for=silent)


def rows(table):
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def test_photos_of_the_run_are_explained_by_who_held_them_back(held_back):
    found = rows(held_back.table)
    assert len(found) == 4 and not any(row["failure"] for row in found)
    for row in found:
        assert row["question"].endswith(("and not Improbable", "and not Probable"))
        areas = [float(row[name]) for name in row if name.startswith("area_")]
        assert sum(areas) == pytest.approx(1.0, abs=0.01)
        assert row["lean_deg"] or row["lean_deg_why_not"]
        assert row["nearest_1_photo"] != row["photo"]
    page = held_back.page.read_text(encoding="utf-8")
    assert "people said" in page and "Why" in page
    assert "was not checked" in page
    for row in found:  # what is said of wires stands before what was measured, in both
        assert row["sentences"] in page and WIRES_NOT_RULED_OUT in row["sentences"]
    assert page.index(WIRES_NOT_RULED_OUT) < page.index("Measured in the picture")


def test_own_group_is_no_neighbour(held_back):
    for row in rows(held_back.table):
        tree = row["photo"].split("-")[1]
        near = [row[f"nearest_{number}_photo"] for number in range(1, 5)]
        assert tree not in {name.split("-")[1] for name in near if name}


def test_a_rerun_explains_nothing_again(run, held_back, monkeypatch):
    def refuse(self, photos):
        raise AssertionError("explained again")

    monkeypatch.setattr(Explainer, "explain", refuse)
    again = explain(run, None, held_back.page.parent, QUICK, progress_for=silent)
    assert again.explanations == held_back.explanations


def test_other_settings_are_not_mixed_in(run, held_back):
    other = ExplainOptions(n_photos=4, check=False, method="occlusion")
    with pytest.raises(SettingsError, match="the model and settings with which these"):
        explain(run, None, held_back.page.parent, other, progress_for=silent)


def test_a_bad_photo_is_a_row_with_a_reason(run, dataset_folder, tmp_path):
    photos = tmp_path / "new"
    photos.mkdir()
    shutil.copy(dataset_folder.parent / "photos" / "photo-1-0.png", photos / "good.png")
    (photos / "broken.jpg").write_bytes(b"no photo")
    done = explain(run, photos, tmp_path / "out", QUICK, progress_for=silent)
    assert done.n_failed == 1
    found = {row["photo"]: row for row in rows(done.table)}
    assert "Expected" in found["broken.jpg"]["failure"] and not found["good.png"]["failure"]
    assert "broken.jpg" in done.page.read_text(encoding="utf-8")


def test_a_folder_of_something_else_is_left_alone(run, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(SettingsError, match="a new folder, or one that an earlier run of explain"):
        explain(run, None, tmp_path, QUICK, progress_for=silent)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_model_of_drawn_trees_says_so_before_new_photos(
    dataset_folder, run, tmp_path, monkeypatch
):
    from arborisk.studies.explain import explain as module

    def opened_as_drawn(path):
        model = open_model(path)
        record = model.own_bundle.record
        description = record.description.model_copy(update={"drawn": True})
        bundle = replace(
            model.own_bundle, record=record.model_copy(update={"description": description})
        )
        return replace(model, bundle=bundle)

    monkeypatch.setattr(module, "open_model", opened_as_drawn)
    photo = dataset_folder.parent / "photos" / "photo-1-0.png"
    done = explain(run, photo, tmp_path / "out", QUICK, progress_for=silent)
    page = done.page.read_text(encoding="utf-8")
    assert "it knows nothing of real ones" in page
    assert "These are drawn trees" not in page  # the photo is not said to be drawn


def test_pictures_never_lie_among_the_photos(run, tmp_path):
    with pytest.raises(SettingsError, match="a place outside the folder of photos"):
        explain(run, tmp_path, tmp_path / "explained", QUICK, progress_for=silent)
    assert not list(tmp_path.iterdir())


def test_a_refit_held_no_photo_back(dataset_folder, tiny_settings, tmp_path):
    train(dataset_folder, tiny_settings(refit=True), tmp_path / "refit")
    with pytest.raises(BundleError, match="Train without --refit"):
        explain(tmp_path / "refit", None, tmp_path / "out", QUICK, progress_for=silent)


def test_a_bundle_alone_needs_photos(run, tmp_path):
    bundle = shutil.copytree(run / "bundle", tmp_path / "bundle")
    with pytest.raises(SettingsError, match="Name a photo or a folder of photos after the model"):
        explain(bundle, None, tmp_path / "out", QUICK, progress_for=silent)
