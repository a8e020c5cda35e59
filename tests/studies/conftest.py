"""A small data set: dark and bright pictures, two photos a tree, one tree Possible."""

import csv

import numpy as np
import pytest
from PIL import Image

from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.studies.settings import load_settings

N_TREES = 18
TINY = {
    "scheme": "Pr_Im",
    "model": "model1",
    "preprocess": {"size_px": 24},
    "model1": {"feature_maps": (4, 4), "dense": (8,), "kernel_sizes": (3,)},
    "training": {"epochs": 2, "batch_size": 8},
    "split": {"folds": 2},
}


@pytest.fixture(scope="session")
def dataset_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    photos = folder / "photos"
    photos.mkdir()
    rng = np.random.default_rng(0)
    with (folder / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "label", "tree"])
        for tree in range(N_TREES):
            label = "Probable" if tree % 3 == 0 else "Improbable"
            if tree == N_TREES - 1:
                label = "Possible"
            for view in range(2):
                name = f"photo-{tree}-{view}.png"
                level = 70 if label == "Probable" else 160
                pixels = rng.normal(level, 45, (40, 30, 3)).clip(0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(photos / name)
                table.writerow([name, label, f"tree-{tree}"])
    import_photos(
        photos, folder / "dataset", ImportOptions(labels=folder / "labels.csv"), n_processes=1
    )
    return folder / "dataset"


@pytest.fixture(scope="session")
def tiny_settings():
    """Settings of a network that trains in a moment; changed by keyword."""

    def make(**changes):
        return load_settings({**TINY, **changes})

    return make
