from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from pydantic import ValidationError

from arborisk.photos.decode import read_photo
from arborisk.preprocess.prepare import photo_seed, prepare_file, prepare_image
from arborisk.preprocess.settings import PreprocessSettings

ORIGINALS = Path(__file__).parents[2].parent / "shared" / "photos" / "nars" / "original"


def ramps(width, height):
    """Red grows to the right, green downwards: a crop tells where it lies."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    return Image.fromarray(pixels)


def by_hand(image, size_px, mode):
    """Middle square of the short side, cubic, with Pillow alone."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.convert(mode).crop((left, top, left + side, top + side))
    return np.asarray(square.resize((size_px, size_px), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (300, 300), (40, 30)])
@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_centre_crop_is_the_decks(scene, size, channels, mode):
    image = scene(*size, 1)
    prepared = prepare_image(image, PreprocessSettings(size_px=108, channels=channels))
    assert prepared.dtype == np.uint8
    expected = by_hand(image, 108, mode).reshape(108, 108, channels)
    assert np.abs(prepared.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [(504, 672), (1008, 756), (1730, 1302)])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size_px", [108, 224, 260])
@pytest.mark.parametrize("shared", [False, True])
def test_scaled_decode_is_within_a_grey_level_on_drawn_photos(
    tmp_path, scene, size, channels, size_px, shared
):
    scene(*size, 2).save(tmp_path / "a.jpg", quality=90)
    fast = PreprocessSettings(size_px=size_px, channels=channels, shared=shared)
    exact = fast.model_copy(update={"exact": True})
    difference = prepare_file(tmp_path / "a.jpg", fast).astype(int) - prepare_file(
        tmp_path / "a.jpg", exact
    )
    assert np.abs(difference).mean() <= 1


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="shared photos are not here")
@pytest.mark.parametrize("path", sorted(ORIGINALS.glob("*")), ids=lambda path: path.stem)
def test_scaled_decode_is_within_a_grey_level_of_plain_pillow_on_phone_photos(path):
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    for size_px in (108, 224, 260):
        for channels, mode in ((1, "L"), (3, "RGB")):
            chosen = PreprocessSettings(size_px=size_px, channels=channels)
            plain = by_hand(upright, size_px, mode).reshape(chosen.shape)
            assert np.abs(prepare_file(path, chosen).astype(int) - plain).mean() <= 1


def test_exact_is_the_full_decode(tmp_path, scene):
    scene(640, 480, 3).save(tmp_path / "a.jpg")
    chosen = PreprocessSettings(size_px=60, exact=True)
    whole = prepare_image(read_photo(tmp_path / "a.jpg"), chosen)
    assert np.array_equal(prepare_file(tmp_path / "a.jpg", chosen), whole)


@settings(max_examples=20, deadline=None)
@given(
    width=st.integers(30, 200),
    height=st.integers(30, 200),
    size_px=st.integers(8, 64),
    channels=st.sampled_from([1, 3]),
    crop=st.sampled_from(["centre", "random", "letterbox"]),
    seed=st.integers(0, 2**64 - 1),
)
def test_every_setting_gives_its_shape(width, height, size_px, channels, crop, seed):
    chosen = PreprocessSettings(size_px=size_px, channels=channels, crop=crop)
    prepared = prepare_image(ramps(width, height), chosen, seed=seed)
    assert prepared.shape == chosen.shape == (size_px, size_px, channels)
    assert prepared.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(("size", "along"), [((400, 300), 1), ((300, 400), 0)])
def test_random_crop_lies_anywhere_along_the_long_side_and_is_seeded(size, along):
    chosen = PreprocessSettings(size_px=32, crop="random")
    crops = [prepare_image(ramps(*size), chosen, seed=seed).astype(float) for seed in range(60)]
    colour = 0 if along == 1 else 1
    starts = np.array([crop[..., colour].min() for crop in crops])
    assert starts.min() < 6 and starts.max() > 255 / 4 - 6
    across = np.stack([crop[..., 1 - colour] for crop in crops])
    assert np.ptp(across, axis=0).max() <= 1
    again = prepare_image(ramps(*size), chosen, seed=7)
    assert np.array_equal(crops[7], again)


def test_a_photos_seed_comes_from_its_content():
    assert photo_seed("0f" * 32) == int("0f" * 8, 16)
    assert photo_seed("0f" * 32) != photo_seed("0e" * 32)


def test_letterbox_keeps_the_whole_photo_between_grey_bands():
    chosen = PreprocessSettings(size_px=40, crop="letterbox")
    prepared = prepare_image(ramps(400, 200), chosen)
    assert (prepared[:10] == 127).all() and (prepared[30:] == 127).all()
    photo = prepared[10:30]
    assert photo[..., 0].min() < 8 and photo[..., 0].max() > 247
    assert photo[..., 1].min() < 8 and photo[..., 1].max() > 247


def test_stretch_keeps_the_whole_photo_and_no_band():
    prepared = prepare_image(ramps(400, 200), PreprocessSettings(size_px=40, crop="stretch"))
    for channel in (0, 1):
        assert prepared[..., channel].min() < 8 and prepared[..., channel].max() > 247
    assert (np.diff(prepared[20, :, 0].astype(int)) > 0).all()


@pytest.mark.parametrize(
    ("scaling", "darkest", "lightest"),
    [
        ("unit", 0, 1),
        ("efficientnet", -127 / 128, 1),
        ("symmetric", -1, 1),
        ("imagenet", -0.485 / 0.229, (1 - 0.485) / 0.229),
    ],
)
def test_scaling_as_the_networks_were_trained(scaling, darkest, lightest):
    chosen = PreprocessSettings(scaling=scaling)
    assert (0 - chosen.means[0]) / chosen.divisors[0] == pytest.approx(darkest)
    assert (255 - chosen.means[0]) / chosen.divisors[0] == pytest.approx(lightest)


def test_the_fingerprint_follows_the_bytes():
    chosen = PreprocessSettings(size_px=108, channels=1)
    for change in (
        {"size_px": 109},
        {"channels": 3},
        {"crop": "random"},
        {"exact": True},
        {"shared": True},
    ):
        assert chosen.model_copy(update=change).fingerprint() != chosen.fingerprint()
    # Scaling is applied to the bytes later: both share one cache.
    other = chosen.model_copy(update={"scaling": "efficientnet"})
    assert other.fingerprint() == chosen.fingerprint()


@pytest.mark.parametrize("wrong", [{"size_px": 4}, {"channels": 4}, {"crop": "tile"}, {"sice": 9}])
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        PreprocessSettings(**wrong)
