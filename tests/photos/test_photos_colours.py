"""A photo of another colour space looks as it was meant to."""

import numpy as np
from PIL import Image, ImageCms

from arborisk.photos import read_photo
from arborisk.photos.colours import in_srgb


def wide_gamut():
    """A profile of lcms whose primaries lie further out: a linear RGB made from XYZ."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()


def p3_like():
    """sRGB's own profile under another name, its red and green columns exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for name in (b"sRGB", b"s\x00R\x00G\x00B"):
        while name in profile:
            at = profile.index(name)
            profile[at : at + len(name)] = name.replace(b"s", b"X", 1)
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red], profile[green] = profile[green], profile[red]
    return bytes(profile)


def test_a_profile_whose_red_is_green_gives_green(tmp_path):
    Image.new("RGB", (32, 32), (200, 20, 20)).save(tmp_path / "a.jpg", icc_profile=p3_like())
    red, green, _ = np.asarray(read_photo(tmp_path / "a.jpg"))[16, 16].tolist()
    assert green > 180 and red < 60


def test_srgb_and_what_cannot_be_read_stay_as_they_are():
    image = Image.new("RGB", (8, 8), (10, 200, 30))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (None, b"", srgb, b"no profile", wide_gamut()):
        assert in_srgb(image, profile) is image
    grey = Image.new("L", (8, 8), 77)
    assert in_srgb(grey, p3_like()) is grey
