from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from arborisk.photos.decode import decode_photo, read_photo


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright(tmp_path, scene, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    scene(403, 302, 1).save(tmp_path / "a.jpg", quality=95, exif=exif)
    with Image.open(tmp_path / "a.jpg") as picture:
        expected = ImageOps.exif_transpose(picture)
    decoded = decode_photo(tmp_path / "a.jpg")
    assert decoded.image.size == expected.size == (decoded.facts.width, decoded.facts.height)
    assert np.array_equal(np.asarray(decoded.image), np.asarray(expected))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_fills_its_extent_at_every_scale(tmp_path, orientation):
    """Two ramps of light show where the borders are, to a fraction of a pixel."""
    ramps = np.zeros((605, 803, 3), np.uint8)
    ramps[..., 0] = np.linspace(0, 255, 803)
    ramps[..., 1] = np.linspace(0, 255, 605)[:, None]
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.fromarray(ramps)
    picture.save(tmp_path / "a.jpg", quality=100, subsampling=0, exif=exif)
    small = decode_photo(tmp_path / "a.jpg", at_least_px=75)
    whole = decode_photo(tmp_path / "a.jpg").image
    assert small.image.size in ((101, 76), (76, 101))
    seen = small.image.resize((20, 20), Image.Resampling.BICUBIC, box=small.extent)
    expected = whole.resize((20, 20), Image.Resampling.BICUBIC)
    # An extent at the wrong end of its picture would be 1 to 2 grey levels off.
    assert np.abs(np.asarray(seen, float) - np.asarray(expected)).mean(axis=(0, 1)).max() < 0.3


@settings(max_examples=25, deadline=None)
@given(width=st.integers(20, 700), height=st.integers(20, 700), at_least_px=st.integers(1, 400))
def test_the_short_side_is_never_less_than_asked_unless_the_photo_is(
    tmp_path_factory, width, height, at_least_px
):
    path = tmp_path_factory.mktemp("sizes") / "a.jpg"
    Image.new("RGB", (width, height), "olive").save(path)
    short = min(read_photo(path, at_least_px=at_least_px).size)
    assert short >= min(at_least_px, width, height)
    assert short < 2 * at_least_px + 2 or short * 8 <= min(width, height) + 8


def test_exact_decodes_in_full(tmp_path, scene):
    scene(640, 480, 2).save(tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg", at_least_px=50).size == (80, 60)
    assert read_photo(tmp_path / "a.jpg", at_least_px=50, exact=True).size == (640, 480)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_eight_bit_modes_become_rgb(tmp_path, scene, mode):
    picture = scene(64, 48, 3).convert(mode)
    picture.save(tmp_path / "a.png")
    read = read_photo(tmp_path / "a.png")
    assert read.mode == "RGB"
    assert np.array_equal(np.asarray(read), np.asarray(picture.convert("RGB")))


def test_what_is_see_through_stands_on_white(tmp_path):
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert np.asarray(read_photo(tmp_path / "a.png")).min() == 255


def test_the_first_picture_of_a_phones_multi_picture_jpeg(tmp_path, scene):
    photo, depth = scene(320, 240, 4), Image.new("RGB", (160, 120))
    photo.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[depth])
    assert read_photo(tmp_path / "a.jpg", at_least_px=120).size == (160, 120)
    difference = np.asarray(read_photo(tmp_path / "a.jpg"), int) - np.asarray(photo, int)
    assert np.abs(difference).mean() < 8


def test_heic_stands_upright_once():
    """96 x 64, to be turned by a quarter: ground, which was below, is then on the left."""
    pytest.importorskip("pi_heif")
    decoded = decode_photo(Path(__file__).with_name("drawn.heic"))
    assert decoded.image.size == (64, 96) == (decoded.facts.width, decoded.facts.height)
    assert decoded.facts.taken_at == datetime(2020, 5, 29, 13, 14, 17)
    ground, sky = (np.asarray(decoded.image, int)[48, column] for column in (5, 58))
    assert ground[1] > ground[2] and sky[2] > sky[1]
