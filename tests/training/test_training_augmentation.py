"""Photos are changed by their own seed alone, as asked and no further."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("kornia")

from arborisk.training.augmentation import augment, draw_change, seeds_of
from arborisk.training.settings import (
    PRESETS,
    AugmentationSettings,
)

NOISE = np.random.default_rng(0).integers(0, 256, (6, 40, 40, 3), dtype=np.uint8)
SEEDS = seeds_of(3, 1, np.arange(6))


def plain(value, *, size=40, channels=3):
    """One picture of one tone."""
    return np.full((1, size, size, channels), value, np.uint8)


def changed(photo, seed=1, **changes):
    return augment(photo, AugmentationSettings(**changes), np.array([seed]))[0].astype(int)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("preset", PRESETS)
def test_a_photo_is_changed_by_its_own_seed_alone(preset, channels):
    photos, settings = NOISE[..., :channels], PRESETS[preset]
    together = augment(photos, settings, SEEDS)
    assert together.shape == photos.shape and together.dtype == np.uint8
    order = np.array([4, 0, 5])
    assert np.array_equal(augment(photos[order], settings, SEEDS[order]), together[order])
    alone = [augment(photos[[row]], settings, SEEDS[[row]])[0] for row in range(6)]
    assert np.array_equal(np.stack(alone), together)
    other_epoch = augment(photos, settings, seeds_of(3, 2, np.arange(6)))
    assert np.array_equal(other_epoch, together) == (preset == "none")


def test_the_photos_given_stay_as_they_are():
    photos = NOISE.copy()
    photos.flags.writeable = False  # as those mapped from a file
    augment(photos, PRESETS["strong"], SEEDS)
    assert np.array_equal(photos, NOISE)


def test_a_marked_picture_is_mirrored():
    marked = plain(200)
    marked[0, 5, 3] = 0
    assert np.array_equal(changed(marked, mirror=1.0), marked[0, :, ::-1])
    shares = [draw_change(AugmentationSettings(mirror=0.3), seed).mirrored for seed in range(2000)]
    assert np.mean(shares) == pytest.approx(0.3, abs=0.04)


def test_a_turn_leaves_no_corner_and_moves_the_picture():
    for seed in range(20):
        assert (changed(plain(180), seed, rotation_deg=45.0) == 180).all()
    line = plain(255)
    line[0, 19:21] = 0  # level, through the middle
    turned = changed(line, seed=2, rotation_deg=10.0)[..., 0]
    angle = draw_change(AugmentationSettings(rotation_deg=10.0), 2).turn_deg
    rise = turned[:, 30:38].argmin(axis=0).mean() - turned[:, 2:10].argmin(axis=0).mean()
    assert abs(rise) == pytest.approx(28 * np.tan(np.radians(abs(angle))), abs=0.7)


def test_a_crop_is_a_square_inside_the_picture():
    across = np.broadcast_to(np.arange(40) * 6, (40, 40)).astype(np.uint8)
    ramps = np.stack([across, across.T, across], axis=-1)[None]  # columns, then rows
    sides = []
    for seed in range(60):
        crop = changed(ramps, seed, crop_share=0.5)
        steps = (np.diff(crop[20, 2:-2, 0]).mean() / 6, np.diff(crop[2:-2, 20, 1]).mean() / 6)
        assert steps[0] == pytest.approx(steps[1], abs=0.02)  # square
        sides.append(steps[0])
    assert min(sides) == pytest.approx(0.5, abs=0.04)
    assert max(sides) == pytest.approx(1.0, abs=0.04)


def test_tones_change_within_the_range_asked():
    for seed in range(50):
        assert 120 <= changed(plain(150), seed, brightness=0.2).mean() <= 180
        assert (changed(plain(150), seed, contrast=0.5) == 150).all()  # its mean stays
        colour = plain(0)
        colour[..., :] = (180, 90, 60)
        less = changed(colour, seed, saturation=0.5)[0, 0]
        luma = [round(float(np.dot(tone, (0.299, 0.587, 0.114)))) for tone in ((180, 90, 60), less)]
        assert luma[0] == pytest.approx(luma[1], abs=1)
        assert 0.5 * 120 - 2 <= less[0] - less[2] <= 1.5 * 120 + 2
    assert (changed(plain(77), saturation=1.0, hue=0.5) == 77).all()  # grey has no colour


def test_hue_goes_round_the_circle():
    red = plain(0)
    red[..., 0] = 200
    turned = {tuple(changed(red, seed, hue=0.5)[0, 0].argsort()) for seed in range(40)}
    assert len(turned) >= 5  # red becomes blue, green and what lies between


def test_blur_spreads_a_point_and_keeps_its_sum():
    point = plain(0)
    point[0, 20, 20] = 255
    seed = max(range(20), key=lambda seed: draw_change(PRESETS["strong"], seed).blur_px)
    blurred = changed(point, seed, blur_px=1.0)[..., 0]
    width = 2 * np.pi * draw_change(AugmentationSettings(blur_px=1.0), seed).blur_px ** 2
    assert blurred.max() == pytest.approx(255 / width, rel=0.1)
    assert blurred.sum() == pytest.approx(255, rel=0.05)


def test_the_rectangle_painted_grey_stays_below_its_share():
    areas = [(changed(plain(0), seed, erase_share=0.25) == 127)[..., 0] for seed in range(60)]
    shares = [area.mean() for area in areas]
    assert max(shares) <= 0.26
    assert max(shares) > 0.2
    for area in areas:
        rows, columns = area.any(axis=1), area.any(axis=0)
        assert area.sum() == rows.sum() * columns.sum()  # a rectangle
