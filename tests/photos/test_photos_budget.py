"""Large pictures wait for each other, and come out as small as is asked for."""

import threading

import numpy as np
import pytest
from PIL import Image

from arborisk.photos import budget, decode, decode_photo


def test_a_large_picture_waits_and_a_small_one_does_not():
    inside = threading.Event()

    def large():
        with budget.room_for(budget.LARGE_PIXELS):
            inside.set()

    with budget.room_for(budget.LARGE_PIXELS):
        thread = threading.Thread(target=large)
        thread.start()
        assert not inside.wait(0.05)
        with budget.room_for(budget.LARGE_PIXELS - 1):
            pass
    assert inside.wait(5)
    thread.join()


@pytest.mark.parametrize("orientation", [1, 6, 3])
def test_a_large_png_is_averaged_down(tmp_path, scene, monkeypatch, orientation):
    monkeypatch.setattr(decode, "LARGE_PIXELS", 1000)
    exif = Image.Exif()
    exif[0x0112] = orientation
    scene(203, 301, 0).save(tmp_path / "a.png", exif=exif)
    whole = decode_photo(tmp_path / "a.png").image
    small = decode_photo(tmp_path / "a.png", at_least_px=50)
    assert min(small.image.size) == 51 and small.facts.width == whole.width
    seen = small.image.resize((10, 10), Image.Resampling.BOX, box=small.extent)
    expected = whole.resize((10, 10), Image.Resampling.BOX)
    assert np.abs(np.asarray(seen, float) - np.asarray(expected)).mean() < 2


def test_what_is_see_through_stands_on_white_in_every_strip(tmp_path):
    Image.new("RGBA", (20, 600), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert np.asarray(decode_photo(tmp_path / "a.png").image).min() == 255
