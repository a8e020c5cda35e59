"""Frozen embeddings: the bundle answers as the run did; copies teach, and only in training."""

import csv
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")

from arborisk.bundle.load import load_bundle
from arborisk.models import backbone
from arborisk.models.network import make_head
from arborisk.preprocess.prepare import prepare_file
from arborisk.studies import head_learner, ship
from arborisk.studies.head_learner import ChangedCopies, make_head_learner
from arborisk.studies.measuring import prepare_task
from arborisk.studies.settings import load_settings
from arborisk.studies.task import make_task
from arborisk.studies.train import train
from arborisk.training.settings import PRESETS

FROZEN = {
    "scheme": "Pr_Im",
    "model": "efficientnet_lite0",
    "preprocess": {"size_px": 32},
    "split": {"folds": 2},
}
CHANGES = {**PRESETS["light"].model_dump(), "copies": 2}


@pytest.fixture(autouse=True)
def small_network(fake_network, monkeypatch, tmp_path):
    """Stands for the pretrained network of whatever name."""

    def build(_, *, n_classes, output="nominal", **__):
        return fake_network(3, n_classes).with_classifier(make_head(output, 4, n_classes))

    monkeypatch.setattr(backbone, "build", build)
    monkeypatch.setattr(backbone, "DEFINITION", "small")  # kept apart from real embeddings
    monkeypatch.setattr(head_learner, "build", build)
    monkeypatch.setenv("ARBORISK_CACHE", str(tmp_path / "backbones"))


@pytest.fixture
def learner_of(dataset_folder, tmp_path):
    """A learner under these settings, and the number of pictures embedded for it."""

    def make(**changes):
        settings = load_settings({**FROZEN, **changes})
        task = make_task(dataset_folder, settings)
        counts = []

        def step(done, total):
            counts.append((done, total))

        quiet = lambda _: lambda done, total: None  # noqa: E731
        arrays = prepare_task(task, settings, quiet)
        # embeddings are kept beside the data set: this test's own
        task = replace(task, dataset=replace(task.dataset, folder=tmp_path))
        learner = make_head_learner(task, arrays, settings, lambda _: step)
        return learner, counts[-1][0] if counts else 0

    return make


@pytest.mark.parametrize("output", ["nominal", "corn"])
def test_the_bundle_answers_as_the_run_did(dataset_folder, tmp_path, output):
    split = {"folds": 0, "test_share": 0.4}
    settings = load_settings(
        {
            **FROZEN,
            "split": split,
            "output": output,
            "test_views": "mirror",
            "augmentation": CHANGES,
        }
    )
    run = train(dataset_folder, settings, tmp_path / "run")
    with (run.folder / "predictions.csv").open(newline="") as file:
        said = {row["photo_id"]: float(row["p_Pr"]) for row in csv.DictReader(file)}
    task = make_task(dataset_folder, settings)
    rows = [index for index, row in enumerate(task.labelled.rows) if row.photo_id in said]
    bundle = load_bundle(run.folder)
    arrays = np.stack([prepare_file(task.paths[row], settings.preprocess) for row in rows])
    found = bundle.predict(arrays).probability[:, 1]
    wanted = [said[task.labelled.rows[row].photo_id] for row in rows]
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert np.ptp(wanted) > 0.1
    stated = bundle.description.training
    assert (stated["test_views"], stated["output"], stated["regime"], stated["weights"]) == (
        "mirror",
        output,
        "frozen",
        "imagenet",
    )


def test_copies_of_training_photos_alone_are_learnt_from(learner_of, monkeypatch):
    learner, _ = learner_of(augmentation=CHANGES, output="cumulative_link")
    share = np.random.default_rng(0).dirichlet([1, 1], len(learner.task.groups))
    learner = replace(learner, task=replace(learner.task, class_share=share))
    seen = {}

    def fit_head(embeddings, class_index, groups, **options):
        seen.update(options, embeddings=embeddings, class_index=class_index, groups=groups)
        probability = lambda test: np.full((len(test), 2), 0.5)  # noqa: E731
        return SimpleNamespace(weights={}, probability=probability)

    monkeypatch.setattr(head_learner, "fit_head", fit_head)
    train_rows, test_rows = np.array([4, 0, 9]), np.array([1, 2])
    learner.fit("fold-1", train_rows, test_rows, None, None)
    shown = [4, 0, 9, 4, 4, 0, 0, 9, 9]
    np.testing.assert_array_equal(seen["class_index"], learner.task.class_index[shown])
    np.testing.assert_array_equal(seen["class_share"], share[shown])
    assert seen["groups"] == [learner.task.groups[row] for row in shown]
    assert seen["output"] == "cumulative_link"
    own, changed = seen["embeddings"][:3], seen["embeddings"][3:].reshape(3, 2, -1)
    np.testing.assert_array_equal(own, learner.embeddings[0, train_rows])
    np.testing.assert_array_equal(changed, learner.copies[train_rows])
    # A copy looks much like its own photo, and not just like it.
    distance = np.abs(changed[:, :, None] - own).sum(axis=3)
    assert (distance[[0, 1, 2], :, [0, 1, 2]] > 0).all()


def test_nothing_is_embedded_twice(learner_of):
    counts = [
        learner_of(**changes)[1]
        for changes in (
            {},
            {"augmentation": CHANGES},  # two copies of each of 34 photos
            {"augmentation": CHANGES, "output": "corn", "test_views": "mirror"},
            {"augmentation": {**CHANGES, "copies": 3}},
            {"augmentation": CHANGES, "seed": 1},  # other copies
            {"test_views": "mirror_zoom", "seed": 1},
            {"test_views": "mirror_zoom", "augmentation": {**CHANGES, "copies": 3}},
        )
    ]
    assert counts == [34, 68, 34, 34, 68, 68, 0]


def test_a_copy_depends_on_its_name_alone():
    arrays = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    changes = PRESETS["standard"].model_copy(update={"copies": 2})
    copies = ChangedCopies(arrays, ["a", "b", "c"], changes, 0)
    turned = ChangedCopies(arrays[::-1], ["c", "b", "a"], changes, 0)
    assert copies.shape == copies[list(range(6))].shape
    assert copies.names[4:] == turned.names[:2]
    np.testing.assert_array_equal(copies[[4, 5, 0]], turned[[0, 1, 4]])
    assert not np.array_equal(copies[[4]], copies[[5]])
    assert not np.array_equal(copies[[0]], ChangedCopies(arrays, ["a", "b", "c"], changes, 1)[[0]])


def test_the_licence_is_that_of_the_weights_training_started_from(monkeypatch):
    known = SimpleNamespace(licence="BSD-3-Clause", name="mine", identity="ab12", source="")
    monkeypatch.setattr(ship, "find_imported", lambda *_: known)
    settings = load_settings(FROZEN)
    assert ship._licence(settings) == "Apache-2.0"
    assert "from scratch" in ship._licence(settings.model_copy(update={"weights": "none"}))
    imported = ship._licence(settings.model_copy(update={"weights": "mine"}))
    assert imported.startswith("BSD-3-Clause; training started from the imported weights 'mine'")
