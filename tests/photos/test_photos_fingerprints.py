import numpy as np
import pytest
from PIL import Image

from arborisk.photos.fingerprints import THUMBNAIL_SHAPE, perceptual_hash, thumbnail


@pytest.mark.parametrize("seed", range(6))
def test_the_hash_is_that_of_imagehash(scene, seed):
    imagehash = pytest.importorskip("imagehash")
    picture = scene(200 + 31 * seed, 260 - 17 * seed, seed)
    assert perceptual_hash(picture) == str(imagehash.phash(picture))


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (20, 20)])
def test_a_thumbnail_is_the_middle_square(scene, size):
    picture = scene(*size, 1)
    side = min(size)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    assert thumbnail(picture).shape == THUMBNAIL_SHAPE
    # The square alone differs only where the filter looks past its border.
    assert np.abs(thumbnail(picture).astype(int) - thumbnail(square)).mean() < 1


def test_a_picture_of_one_tone_has_fingerprints():
    grey = Image.new("L", (50, 40), 127)
    assert len(perceptual_hash(grey)) == 16
    assert np.ptp(thumbnail(grey)) == 0
