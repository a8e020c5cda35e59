"""Heat maps over grey photos: where the colour lies, what it means, what stays of the photo."""

import numpy as np
import pytest
from PIL import Image, ImageFont

from arborisk.photos.overlay import AGAINST, FOR, broken, heat_overlay, with_caption


@pytest.fixture
def photo():
    """A plain photo of one colour, 120 x 80 px."""
    return Image.new("RGB", (120, 80), (120, 140, 90))


def one_place(value):
    values = np.zeros((4, 6))
    values[0, 0] = value
    return values


def painted(picture):
    """Where a picture is not grey, shape (height, width)."""
    pixels = np.asarray(picture).astype(int)
    return np.ptp(pixels, axis=2) > 3


def test_colour_lies_where_the_map_is_large_and_nowhere_else(photo):
    found = painted(heat_overlay(photo, one_place(2.0)))
    assert found[10, 10]
    assert not found[45:, 45:].any()


@pytest.mark.parametrize(("value", "colour"), [(2.0, FOR), (-2.0, AGAINST)])
def test_the_sign_chooses_the_hue(photo, value, colour):
    pixel = np.asarray(heat_overlay(photo, np.full((3, 3), value)))[40, 60].astype(float)
    distances = {one: np.linalg.norm(pixel - one) for one in (FOR, AGAINST)}
    assert min(distances, key=distances.get) == colour


def test_the_two_hues_differ_in_lightness_as_well(photo):
    values = np.concatenate([np.full((4, 3), 1.0), np.full((4, 3), -1.0)], axis=1)
    grey = np.asarray(heat_overlay(photo, values).convert("L")).astype(int)
    assert grey[:, :30].min() > grey[:, 90:].max() + 40


def test_the_photo_stays_visible_under_the_strongest_colour(photo):
    photo.paste((250, 250, 250), (40, 0, 80, 80))
    grey = np.asarray(heat_overlay(photo, np.ones((2, 2))).convert("L")).astype(int)
    assert grey[40, 60] > grey[40, 10] + 15


def test_an_empty_map_leaves_a_grey_photo(photo):
    assert not painted(heat_overlay(photo, np.zeros((5, 5)))).any()


def test_a_given_limit_keeps_weak_maps_faint(photo):
    weak, strong = (heat_overlay(photo, np.full((2, 2), v), limit=10.0) for v in (3.0, 10.0))
    assert np.ptp(np.asarray(weak)[40, 60].astype(int)) < np.ptp(
        np.asarray(strong)[40, 60].astype(int)
    )


def test_a_map_of_a_part_covers_that_part_and_the_rest_is_darker(photo):
    picture = heat_overlay(photo, np.ones((3, 3)), box=(20.0, 0.0, 100.0, 80.0))
    found = painted(picture)
    assert found[:, 25:95].all()
    assert not found[:, :18].any()
    whole = np.asarray(heat_overlay(photo, np.zeros((3, 3))))
    assert (np.asarray(picture)[:, :18] < whole[:, :18]).all()


def test_a_map_that_reaches_beyond_the_photo_is_cut(photo):
    values = np.zeros((4, 4))
    values[1, 1] = 1.0
    box = (0.0, -20.0, 120.0, 100.0)  # as of a letterboxed photo
    assert painted(heat_overlay(photo, values, box=box))[25, 45]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_any_photo_gives_rgb_of_its_size(photo, mode):
    picture = heat_overlay(photo.convert(mode), one_place(1.0))
    assert (picture.mode, picture.size) == ("RGB", photo.size)


def test_a_caption_adds_a_strip_and_leaves_the_picture(photo):
    picture = heat_overlay(photo.resize((480, 300)), one_place(1.0))
    captioned = with_caption(picture, ["Why this", "A sentence."], legend=("against", "for"))
    assert captioned.width == picture.width
    assert captioned.height > picture.height + 20
    np.testing.assert_array_equal(np.asarray(captioned)[: picture.height], np.asarray(picture))
    assert np.asarray(captioned)[picture.height + 1 :].min() < 60  # there is ink


@pytest.mark.parametrize("size", [(1, 1), (2, 640), (120, 80)])
def test_the_smallest_pictures_have_a_caption_that_can_be_read(size):
    picture = heat_overlay(Image.new("RGB", size), np.ones((2, 2)))
    captioned = with_caption(picture, ["Why this"], legend=("against", "for"))
    assert captioned.width == 320
    left = (320 - size[0]) // 2
    assert captioned.getpixel((left, 0)) == picture.getpixel((0, 0))


def test_long_lines_are_broken_and_no_word_is_lost():
    font = ImageFont.load_default(12)
    text = "An exact map of this network's arithmetic; not a finding about the tree."
    lines = broken(text, 12, 120)
    assert len(lines) > 2
    assert " ".join(lines) == text
    assert all(font.getlength(line) <= 120 for line in lines)
    assert broken("Unbreakablylongword", 12, 10) == ("Unbreakablylongword",)
