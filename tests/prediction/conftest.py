"""A folder of small photos with everything that photos may be."""

import shutil

import numpy as np
import pytest
from PIL import Image

from arborisk.bundle.load import load_bundle

N_GOOD = 7


@pytest.fixture
def photos(tmp_path):
    """Seven readable photos, one of them twice, in nested folders; one cut short; one empty."""
    folder = tmp_path / "photos"
    (folder / "north" / "old").mkdir(parents=True)
    random = np.random.default_rng(3)
    for number in range(N_GOOD - 1):
        pixels = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        place = folder / "north" if number % 2 else folder
        exif = Image.Exif()
        if number < 2:
            exif[0x0132] = "2026:05:04 03:02:01"
            exif.get_ifd(0x8769)[0x9003] = "2026:05:04 03:02:01"
            exif.get_ifd(0x8825).update({1: "N", 2: (42, 22, 12), 3: "W", 4: (72, 31, 12)})
        Image.fromarray(pixels).resize((96, 72)).save(place / f"{number}.JPG", exif=exif)
    shutil.copy(folder / "0.JPG", folder / "north" / "old" / "copy of 0.jpg")
    whole = (folder / "0.JPG").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 3])
    (folder / "empty, name.png").write_bytes(b"")
    return folder


@pytest.fixture
def bundle(fake_bundle):
    """An opened bundle of fake networks."""
    return load_bundle(fake_bundle)
