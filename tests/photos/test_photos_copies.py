"""Copies of drawn scenes are found whatever was done to them; other scenes are not."""

import re
from functools import cache

import numpy as np
import pytest

pytest.importorskip("cv2")

from PIL import Image, ImageDraw, ImageEnhance

from arborisk.photos.copies.features import content_box, empty_mask, local_features
from arborisk.photos.copies.search import compare, find_copies

TURN = Image.Transpose


def crop(share, left=0.0, top=1.0):
    """Takes a share of the area off; what is left lies at a place between 0 and 1."""

    def change(image):
        width, height = (round(side * (1 - share) ** 0.5) for side in image.size)
        x, y = round(left * (image.width - width)), round(top * (image.height - height))
        return image.crop((x, y, x + width, y + height))

    return change


def turn(degrees):
    return lambda image: image.rotate(degrees, Image.Resampling.BICUBIC)


def stretch(across):
    return lambda image: image.resize((round(image.width * across), image.height))


def framed(share, colour):
    def change(image):
        edge = round(share * image.width)
        made = Image.new("RGB", (image.width + 2 * edge, image.height + 2 * edge), colour)
        made.paste(image, (edge, edge))
        return made

    return change


def captioned(image):
    made = image.copy()
    pen, top = ImageDraw.Draw(made), round(0.9 * image.height)
    pen.rectangle((0, top, image.width, image.height), fill="white")
    pen.text((8, top + 4), "City of Springfield, tree inventory", fill="black", font_size=20)
    return made


def letterboxed(image):
    made = Image.new("RGB", image.size)
    made.paste(image.resize((image.width, round(0.75 * image.height))), (0, image.height // 8))
    return made


CHANGES = {
    "a tenth cropped": ([crop(0.1)], 10),
    "a third cropped": ([crop(0.33, 1.0, 0.0)], 33),
    "half cropped": ([crop(0.5, 0.5, 0.5)], 50),
    "quarter turn": ([lambda image: image.transpose(TURN.ROTATE_90)], "turned by 270 degrees"),
    "half turn": ([lambda image: image.transpose(TURN.ROTATE_180)], "turned by 180 degrees"),
    "mirrored": ([lambda image: image.transpose(TURN.FLIP_LEFT_RIGHT)], "mirrored"),
    "upside down": (
        [lambda image: image.transpose(TURN.FLIP_TOP_BOTTOM)],
        "flipped upside down",
    ),
    "turned, black corners": ([turn(15)], "turned by 15 degrees"),
    "stretched": ([stretch(1.5)], "stretched 1.5 times"),
    "framed": ([framed(0.06, "black")], ""),
    "captioned": ([captioned], ""),
    "letterboxed": ([letterboxed], "stretched 1.3 times"),
    "dark and turned": ([ImageEnhance.Brightness, turn(-10)], "turned by 10 degrees"),
    "cropped and turned": (
        [crop(0.33), lambda image: image.transpose(TURN.ROTATE_270)],
        "turned by 90 degrees",
    ),
}


@pytest.fixture(scope="module")
def draw(scene):
    return cache(lambda seed: Image.fromarray(np.asarray(scene(480, 360, seed))))


@pytest.mark.parametrize(("steps", "words"), CHANGES.values(), ids=CHANGES)
def test_a_copy_is_found_and_its_change_is_told(draw, steps, words):
    image = draw(1)
    for step in steps:
        image = step(image).enhance(0.5) if step is ImageEnhance.Brightness else step(image)
    found = compare(local_features(draw(1)), local_features(image))
    assert found is not None
    if isinstance(words, int):  # by the features' places, so within some of a hundred
        percent = int(re.fullmatch(r"cropped \((\d+) % of the area removed\)", found.change)[1])
        assert percent == pytest.approx(words, abs=4)
    else:
        assert words in found.change
    assert found.whole == (not found.change)
    back = compare(local_features(image), local_features(draw(1)))
    assert back is not None and back.mirrored == found.mirrored


@pytest.mark.parametrize("share", [framed(0.06, "black"), captioned, turn(12), letterboxed])
def test_what_many_photos_share_links_none_of_them(draw, share):
    photos = [local_features(share(draw(seed))) for seed in range(16)]
    assert find_copies(photos) == []


def test_copies_are_found_among_others_and_only_they(draw):
    photos = [local_features(draw(seed)) for seed in range(12)]
    photos += [local_features(crop(0.25)(draw(3))), local_features(turn(7)(draw(8)))]
    found = find_copies(photos)
    assert [(one.first, one.second) for one in found] == [(3, 12), (8, 13)]
    assert find_copies(photos) == found
    assert all(one.correlation > 0.8 for one in found)


@pytest.mark.parametrize("colour", [0, 255, 128])
def test_an_even_picture_has_no_features_and_no_copies(colour):
    even = local_features(Image.new("L", (64, 48), colour))
    assert len(even.place) == 0
    assert find_copies([even, even]) == []


def test_frames_and_corners_are_no_content():
    grey = np.random.default_rng(0).integers(60, 190, (100, 120), dtype=np.uint8)
    grey[:10], grey[:, 110:] = 0, 255
    assert content_box(empty_mask(grey)) == (0, 10, 110, 100)
    whole = grey[10:, :110]
    assert content_box(empty_mask(whole)) == (0, 0, 110, 90)


def test_a_quarter_in_common_is_no_copy_and_half_is(draw):
    shown = draw(2).resize((480, 360))
    for share, found in ((0.25, False), (0.5, True)):
        width = round(480 * share**0.5)
        height = round(360 * share**0.5)
        collage = draw(5).copy()
        collage.paste(shown.crop((0, 0, width, height)), (0, 0))
        pair = compare(local_features(shown), local_features(collage))
        assert (pair is not None) == found
