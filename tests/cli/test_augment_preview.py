"""``arborisk train --preview`` end to end on a small data set."""

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

pytest.importorskip("kornia")

from arborisk.cli.app import app
from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.errors import SettingsError


@pytest.fixture
def dataset(tmp_path):
    (tmp_path / "photos").mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number}.png")
    import_photos(tmp_path / "photos", tmp_path / "dataset", ImportOptions(), n_processes=1)
    return tmp_path / "dataset"


def preview(dataset, *options):
    asked = ["train", str(dataset), "--preview", str(dataset.parent / "sheet.png"), *options]
    return CliRunner().invoke(app, asked)


def test_a_picture_is_written(dataset):
    done = preview(dataset, "--size", "32", "--preview-photos", "2", "--preview-copies", "3")
    assert done.exit_code == 0, done.output
    assert done.stdout.strip().endswith("sheet.png")
    with Image.open(dataset.parent / "sheet.png") as picture:
        assert picture.format == "PNG"


def test_an_unknown_name_is_refused_with_those_there_are(dataset):
    refused = preview(dataset, "--augmentation", "wild").exception
    assert isinstance(refused, SettingsError)
    assert "none, light, standard, strong" in str(refused)
