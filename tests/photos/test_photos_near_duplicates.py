"""Known answers: what the lab's augmentation makes must be found, other photos must not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from arborisk.photos import fingerprints as module
from arborisk.photos.decode import read_photo
from arborisk.photos.files import find_photos
from arborisk.photos.fingerprints import find_near_duplicates, thumbnail

PARK = Path(__file__).parents[2].parent / "shared" / "photos" / "parktrees" / "images"


def crop(photo, share, *, mirrored=False, side_px=None):
    """Square of the short side at `share` (0 to 1) along the long side."""
    side = min(photo.size)
    left, top = (round(share * (length - side)) for length in photo.size)
    square = photo.crop((left, top, left + side, top + side))
    if side_px is not None:
        square = square.resize((side_px, side_px), Image.Resampling.BICUBIC)
    return ImageOps.mirror(square) if mirrored else square


def two_crops(photos, *, side_px, seed):
    """For each photo two random crops, mirrored by chance; first all the ones, then the others."""
    rng = np.random.default_rng(seed)
    return np.stack(
        [
            thumbnail(crop(photo, rng.random(), mirrored=rng.random() < 0.5, side_px=side_px))
            for _ in range(2)
            for photo in photos
        ]
    )


def recall_and_false_share(thumbnails):
    n_photos = len(thumbnails) // 2
    found = find_near_duplicates(thumbnails)
    n_true = sum(pair.second - pair.first == n_photos for pair in found)
    n_other_pairs = n_photos * (2 * n_photos - 1) - n_photos
    return n_true / n_photos, (len(found) - n_true) / n_other_pairs


@pytest.fixture(scope="session")
def drawn(scene):
    return [scene(*((160, 120) if seed % 2 else (120, 160)), seed) for seed in range(150)]


@pytest.mark.parametrize("side_px", [None, 64])
def test_shifted_and_mirrored_crops_of_drawn_photos(drawn, side_px):
    recall, false_share = recall_and_false_share(two_crops(drawn, side_px=side_px, seed=0))
    assert recall >= 0.95
    assert false_share <= 1e-4


@pytest.mark.skipif(not PARK.is_dir(), reason="shared photos are not here")
@pytest.mark.parametrize("lies", [True, False], ids=["landscape", "portrait"])
def test_shifted_and_mirrored_crops_of_park_photos_at_128_px(lies):
    """The published photos are squares; 4:3 and 3:4 photos are cut from them."""
    box = (0, 80, 640, 560) if lies else (80, 0, 560, 640)
    photos = [read_photo(path).crop(box) for path in find_photos(PARK)[::2]]
    recall, false_share = recall_and_false_share(two_crops(photos, side_px=128, seed=1))
    assert recall >= 0.95
    assert false_share <= 1e-4


def test_the_farthest_crops_of_a_photo_and_the_photo_itself(drawn):
    thumbnails = [[thumbnail(p), thumbnail(crop(p, 0)), thumbnail(crop(p, 1))] for p in drawn[:40]]
    found = find_near_duplicates(np.concatenate([np.stack(three) for three in thumbnails]))
    within = {(pair.first, pair.second) for pair in found if pair.first // 3 == pair.second // 3}
    assert len(within) >= 0.95 * 3 * 40


def test_mirrored_is_told(drawn):
    photo = drawn[1]
    pictures = [photo, crop(photo, 0.2), crop(photo, 0.9, mirrored=True), drawn[3]]
    found = find_near_duplicates(np.stack([thumbnail(picture) for picture in pictures]))
    assert [(pair.first, pair.second, pair.mirrored) for pair in found] == [
        (0, 1, False),
        (0, 2, True),
        (1, 2, True),
    ]


def test_the_same_photo_darker_and_smaller(drawn):
    photo = drawn[0]
    darker = photo.point(lambda tone: tone * 0.6).resize((60, 80))
    (pair,) = find_near_duplicates(np.stack([thumbnail(photo), thumbnail(darker)]))
    assert 0.95 < pair.correlation <= 1


def test_blocks_change_nothing(drawn, monkeypatch):
    thumbnails = two_crops(drawn[:40], side_px=None, seed=2)
    whole = find_near_duplicates(thumbnails)
    monkeypatch.setattr(module, "_BLOCK", 17)
    monkeypatch.setattr(module, "_CHUNK", 3)
    steps = []
    in_blocks = find_near_duplicates(thumbnails, progress=lambda *step: steps.append(step))
    assert [(p.first, p.second, p.mirrored) for p in in_blocks] == [
        (p.first, p.second, p.mirrored) for p in whole
    ]
    assert steps == [(done, 15) for done in range(1, 16)]


def test_pictures_that_show_nothing_match_nothing():
    rng = np.random.default_rng(0)
    fog = 200 + rng.integers(0, 2, (6, 32, 32))
    fog[3:] = 255
    assert find_near_duplicates(fog.astype(np.uint8)) == []


@pytest.mark.parametrize("n_photos", [0, 1])
def test_no_pair_among_fewer_than_two(n_photos):
    assert find_near_duplicates(np.zeros((n_photos, 32, 32), np.uint8)) == []


def test_thumbnails_of_another_size_are_refused():
    with pytest.raises(ValueError, match="thumbnails of shape"):
        find_near_duplicates(np.zeros((3, 16, 16), np.uint8))
