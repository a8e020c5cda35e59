"""A task that cannot end in a bundle is refused before anything is trained."""

import csv

import numpy as np
import pytest
from PIL import Image

from arborisk.dataset import ImportOptions, import_photos
from arborisk.errors import DatasetError
from arborisk.studies.task import make_task


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
