"""The sheet shows what training sees, and says what may change."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("matplotlib")
pytest.importorskip("kornia")

from arborisk.errors import SettingsError
from arborisk.report.augmentation_sheet import (
    TEST_PHOTOS,
    change_lines,
    write_augmentation_sheet,
)
from arborisk.training.settings import PRESETS, AugmentationSettings

NOISE = np.random.default_rng(0).integers(0, 256, (2, 24, 24, 3), dtype=np.uint8)


def write(out, photos=NOISE, *, preset="standard", **changes):
    options = {"title": preset, "settings": PRESETS[preset], "n_copies": 3, "seed": 0, **changes}
    return write_augmentation_sheet(out, photos, ["oak.jpg", "elm.jpg"], **options)


def test_every_change_is_named_with_its_range():
    lines = " ".join(change_lines(PRESETS["standard"]))
    for words in (
        "80 to 100 %",
        "50 %",
        "8°",
        "brightness ±20 %",
        "hue ±7°",
        "0.7 px",
        "0 to 10 %",
    ):
        assert words in lines
    assert change_lines(AugmentationSettings(mirror=0.25, copies=7)) == [
        "Mirror: left and right change places in 25 % of the pictures.",
        "Where photos are embedded once: 7 changed copies of each.",
    ]
    assert change_lines(PRESETS["none"]) == ["Nothing is changed."]


def test_same_seed_same_picture(tmp_path):
    first, again = (write(tmp_path / f"{name}.png").read_bytes() for name in "ab")
    assert first == again
    assert write(tmp_path / "other.png", seed=1).read_bytes() != first
    with Image.open(tmp_path / "a.png") as picture:
        assert min(picture.size) > 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png", "other.png"]


@pytest.mark.parametrize("drawn", [True, False])
def test_the_page_says_in_words_what_stays_as_it_is(tmp_path, drawn):
    text = write(tmp_path / "page.html", NOISE[..., :1], drawn=drawn).read_text(encoding="utf-8")
    assert TEST_PHOTOS in text
    assert ("never evidence about real" in text) == drawn
    assert "oak.jpg" in text  # for people who do not see the picture


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"\.png or \.html"):
        write(tmp_path / "sheet.pdf")
