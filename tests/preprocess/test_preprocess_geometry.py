"""What is drawn back onto a photo lies where the array was taken from."""

import numpy as np
import pytest
from PIL import Image

from arborisk.preprocess.prepare import on_photo, prepare_image, seen_box
from arborisk.preprocess.settings import PreprocessSettings


@pytest.mark.parametrize("crop", ["centre", "random", "letterbox", "stretch"])
@pytest.mark.parametrize("size", [(400, 300), (300, 400)])
def test_a_spot_comes_back_to_its_place(crop, size):
    settings = PreprocessSettings(size_px=100, channels=1, crop=crop)
    left, top, right, bottom = seen_box(*size, settings, seed=5)
    across, down = int(left + 0.4 * (right - left)), int(top + 0.6 * (bottom - top))
    photo = Image.new("L", size, 0)
    photo.paste(255, (across - 12, down - 12, across + 12, down + 12))
    array = prepare_image(photo, settings, seed=5)[..., 0]
    back = on_photo(array.astype(np.float32), size, settings, seed=5)
    assert back.shape == size[::-1]
    rows, columns = np.nonzero(back > 128)
    pixel = (right - left) / 100  # of the array; bands of a letterbox are whole ones
    assert abs(rows.mean() - down) < pixel and abs(columns.mean() - across) < pixel


def test_what_was_not_seen_is_marked():
    settings = PreprocessSettings(size_px=50, crop="centre")
    back = on_photo(np.ones((7, 7), np.float32), (400, 200), settings, outside=-1.0)
    assert (back[:, :100] == -1).all() and (back[:, 300:] == -1).all()
    assert (back[:, 105:295] == 1).all()
