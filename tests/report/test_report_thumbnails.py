"""Thumbnails are upright, small, and carry nothing but pixels."""

import base64
import io

import numpy as np
from PIL import Image

from arborisk.report.page import thumbnail_uri

ORIENTATION = 0x0112
TURN_RIGHT = 6


def decoded(uri):
    head, _, data = uri.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_a_phone_photo_stands_upright_without_its_exif(tmp_path):
    # Stored lying: the left half red. Turned right, red comes to the top.
    stored = np.zeros((600, 800, 3), dtype=np.uint8)
    stored[:, :400] = (200, 30, 30)
    exif = Image.Exif()
    exif[ORIENTATION] = TURN_RIGHT
    Image.fromarray(stored).save(tmp_path / "phone.jpg", exif=exif)
    picture = decoded(thumbnail_uri(tmp_path / "phone.jpg", long_side_px=120))
    assert picture.size == (90, 120)
    assert not picture.getexif()
    red = np.asarray(picture, dtype=int)[:, :, 0].mean(axis=1)
    assert red[:50].min() > 150 > 60 > red[70:].max()


def test_what_cannot_be_read_has_no_thumbnail(tmp_path):
    (tmp_path / "notes.jpg").write_text("not a photo")
    assert thumbnail_uri(tmp_path / "notes.jpg") is None
    assert thumbnail_uri(tmp_path / "gone.jpg") is None
