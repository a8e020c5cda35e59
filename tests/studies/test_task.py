"""A task is refused before anything is trained, or says what is learnt of each photo."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.schemes import ISA_SCHEMES
from arborisk.dataset.table import LabelledPhotos
from arborisk.errors import DatasetError, SettingsError
from arborisk.studies.task import class_shares, make_task


def test_a_label_that_no_bundle_can_hold_is_refused_early(tmp_path, tiny_settings):
    photos = tmp_path / "photos"
    photos.mkdir()
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "label"])
        for number in range(4):
            pixels = np.random.default_rng(number).integers(0, 256, (30, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(photos / f"{number}.png")
            table.writerow([f"{number}.png", "-dead" if number % 2 else "alive"])
    options = ImportOptions(labels=tmp_path / "labels.csv", scheme="as-labelled")
    import_photos(photos, tmp_path / "dataset", options, n_processes=1)
    with pytest.raises(DatasetError, match=r"name '-dead'.*--map"):
        make_task(tmp_path / "dataset", tiny_settings(scheme="as-labelled"))


SAID = {  # photo: its tree, and what each rater said of it
    "a.png": ("tree-1", ("Improbable", "Probable", "Improbable")),
    "b.png": ("tree-1", ("Possible", "", "")),  # left out by Pr_Im
    "c.png": ("tree-2", ("Probable", "Probable", "Possible")),
    "d.png": ("tree-3", ("Improbable", "", "Improbable")),
    "e.png": ("tree-4", ("Probable", "Imminent", "Probable")),
    "f.png": ("tree-5", ("Improbable", "Probable", "Possible")),
}


@pytest.fixture
def rated(tmp_path):
    """A data set that three raters rated."""
    (tmp_path / "photos").mkdir()
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "tree", "rater", "label"])
        for number, (name, (tree, words)) in enumerate(SAID.items()):
            pixels = np.random.default_rng(number).integers(0, 256, (30, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name)
            for rater, word in enumerate(words):
                table.writerow([name, tree, f"rater-{rater}", word])
    options = ImportOptions(labels=tmp_path / "labels.csv")
    import_photos(tmp_path / "photos", tmp_path / "dataset", options, n_processes=1)
    return tmp_path / "dataset"


def test_raters_are_learnt_as_shares_in_the_order_of_the_split(rated, tiny_settings):
    task = make_task(rated, tiny_settings(labels="raters", split={"folds": 2, "by": ("tree",)}))
    share = dict(zip([row.file for row in task.labelled.rows], task.class_share, strict=True))
    assert [row.photo_id for row in task.labelled.rows] == [row.photo_id for row in task.split.rows]
    third = 1 / 3
    assert {name: pytest.approx(value) for name, value in share.items()} == {
        "a.png": [2 * third, third],
        "c.png": [0, 1],  # Possible is no class of Pr_Im
        "d.png": [1, 0],  # a blank is no rating
        "e.png": [0, 1],  # Imminent counts as Probable
    }
    assert make_task(rated, tiny_settings(split={"folds": 2})).class_share is None


def test_a_consensus_is_learnt_instead_of_plain_shares(rated, tiny_settings, tmp_path):
    (tmp_path / "consensus.csv").write_text("photo,p_Im,p_Pr\na.png,0.1,0.9\nd.png,0.8,0.2\n")
    given = {"consensus": str(tmp_path / "consensus.csv"), "split": {"folds": 2, "by": ("tree",)}}
    task = make_task(rated, tiny_settings(labels="raters", **given))
    share = dict(zip([row.file for row in task.labelled.rows], task.class_share, strict=True))
    assert share["a.png"] == pytest.approx([0.1, 0.9])
    assert share["d.png"] == pytest.approx([0.8, 0.2])
    assert share["e.png"].tolist() == [0, 1]  # not in the file: its agreed class
    with pytest.raises(SettingsError, match="labels 'raters' with a consensus"):
        make_task(rated, tiny_settings(**given))


def test_a_photo_without_ratings_of_its_own_takes_those_of_its_tree(rated):
    data = load_dataset(rated)
    scheme = ISA_SCHEMES["Pr_Im"]
    of = {row.file: row for row in data.photos}
    rows = tuple(replace(of[name], label="Improbable") for name in ("b.png", "f.png"))
    labelled = LabelledPhotos(scheme, rows, np.array([0, 0]), {}, (), 0)
    unrated = replace(data, ratings=tuple(r for r in data.ratings if r.tree_id != "tree-5"))
    shares = class_shares(unrated, labelled)
    assert shares[0] == pytest.approx([2 / 3, 1 / 3])  # what was said of a.png, the same tree
    assert shares[1].tolist() == [1, 0]  # nothing was said: the agreed label
    with pytest.raises(SettingsError, match=r"ratings of several raters.*--labels"):
        class_shares(replace(data, ratings=()), labelled)


def test_steps_need_classes_with_an_order(dataset_folder, tiny_settings, tmp_path):
    scheme = tmp_path / "kinds.toml"
    scheme.write_text(
        'ordered = false\n[[classes]]\nname = "a"\nmembers = ["Probable"]\n'
        '[[classes]]\nname = "b"\nmembers = ["Improbable", "Possible"]\n'
    )
    with pytest.raises(SettingsError, match=r"order for the output 'corn'.*ordered = true"):
        make_task(dataset_folder, tiny_settings(scheme=str(scheme), output="corn"))
    assert make_task(dataset_folder, tiny_settings(output="corn")).scheme.ordered
