"""Small photos with content of their own, so that no two are alike by chance."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def picture(seed, width=160, height=120):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 5, width // 5, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@pytest.fixture
def make_photos(tmp_path):
    """Writes photos under a root: ``make_photos("a.jpg", "sub/b.png")`` gives the root."""

    def make(*files, root="photos"):
        folder = tmp_path / root
        for seed, file in enumerate(files, start=1):
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            kind = {"jpg": "JPEG", "jpeg": "JPEG"}.get(Path(file).suffix[1:].lower(), "PNG")
            picture(seed).save(path, kind)
        return folder

    return make


@pytest.fixture
def write_table(tmp_path):
    """Writes a table as text; gives its path."""

    def write(text, name="labels.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write
