"""A photo of another colour space looks as it was meant to, in colour and in grey."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from arborisk.photos.decode import decode_photo, read_photo, way_to_srgb

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FROM_XYZ = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()


def p3_like():
    """sRGB's own profile under another name, its red and green columns exchanged."""
    profile = bytearray(SRGB)
    for name in (b"sRGB", b"s\x00R\x00G\x00B"):
        while name in profile:
            at = profile.index(name)
            profile[at : at + len(name)] = name.replace(b"s", b"X", 1)
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red], profile[green] = profile[green], profile[red]
    return bytes(profile)


def grey_profile(gamma):
    """The smallest profile of a grey scanner: a white point and a power.

    Source: ICC.1:2022, 7.2 (header), 7.3 (tags), 10.6 (curve with one u8Fixed8Number).
    """
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    start = 128 + 4 + 2 * 12
    tags = struct.pack(">I4sII", 2, b"wtpt", start, len(white))
    tags += struct.pack(">4sII", b"kTRC", start + len(white), 14)
    body = tags + white + curve
    header = struct.pack(">I4sI4s4s4s", 128 + len(body), b"\0\0\0\0", 0x02100000, b"mntr",
                         b"GRAY", b"XYZ ")  # fmt: skip
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header + bytes(128 - len(header)) + body


def saved(path, picture, profile):
    picture.save(path, icc_profile=profile, quality=95)
    return path


def centre(path, channels):
    image = decode_photo(path, channels=channels).image
    return np.asarray(image)[16, 16].tolist()


def test_a_profile_whose_red_is_green_gives_green(tmp_path):
    photo = saved(tmp_path / "a.jpg", Image.new("RGB", (32, 32), (200, 20, 20)), p3_like())
    red, green, _ = np.asarray(read_photo(photo))[16, 16].tolist()
    assert green > 180 and red < 60


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_the_grey_is_that_of_the_srgb_colours(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    photo = saved(path, Image.new("RGB", (32, 32), (200, 20, 20)), p3_like())
    red, green, blue = centre(photo, 3)
    expected = 0.299 * red + 0.587 * green + 0.114 * blue
    assert centre(photo, 1) == pytest.approx(expected, abs=1)
    assert expected > 110  # the luma of what the file holds is 74


@pytest.mark.parametrize(("channels", "suffix"), [(1, "jpg"), (3, "jpg"), (1, "png"), (3, "png")])
def test_a_scanner_s_grey_of_another_gamma_is_turned(tmp_path, channels, suffix):
    photo = saved(tmp_path / f"a.{suffix}", Image.new("L", (32, 32), 128), grey_profile(1.0))
    # Half of the light. Source: IEC 61966-2-1, 255 (1.055 x^(1/2.4) - 0.055) at x = 128 / 255.
    assert np.mean(centre(photo, channels)) == pytest.approx(188, abs=2)


@pytest.mark.parametrize("profile", [None, b"", SRGB, b"no profile", FROM_XYZ])
def test_srgb_and_what_cannot_be_read_stay_as_they_are(profile):
    for mode in ("RGB", "L"):
        picture = Image.new(mode, (8, 8), 77)
        picture.info["icc_profile"] = profile
        assert way_to_srgb(picture) is None


def test_colours_under_a_grey_profile_stay_as_they_are():
    picture = Image.new("RGB", (8, 8))
    picture.info["icc_profile"] = grey_profile(1.0)
    assert way_to_srgb(picture) is None
