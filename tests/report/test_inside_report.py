"""The pages on the inside of a network hold all they show, and are the same for the same seed."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from arborisk.bundle.activation_map import Contrast
from arborisk.preprocess.settings import PreprocessSettings

pytest.importorskip("torch")

from arborisk.explanation.inside.ascent import AscentSettings
from arborisk.explanation.inside.look import look_inside
from arborisk.explanation.inside.records import Patch
from arborisk.explanation.opened import OpenedModel
from arborisk.models.averaged import AveragedNetwork
from arborisk.report.inside_layers import kernel_uris, map_uri, patch_uri
from arborisk.report.inside_report import write_inside_pages

TITLES = ("Improbable", "Possible", "Probable")


def pixels(uri):
    data = base64.b64decode(uri.split(",", 1)[1])
    return np.array(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def look(fake_network, fake_arrays):
    def make(seed=0, drawn=True):
        settings = PreprocessSettings(size_px=32)
        network = AveragedNetwork([fake_network(0)], settings)
        for weight in network.parameters():
            weight.requires_grad_(False)
        return look_inside(
            OpenedModel(network, settings, TITLES, "fake"),
            fake_arrays,
            groups=[f"tree {number // 2}" for number in range(9)],
            names=[f"<b>{number}.jpg" for number in range(9)],
            contrast=Contrast(2, (1,)),
            seed=seed,
            ascent=AscentSettings(n_steps=2),
            drawn=drawn,
        )

    return make


@pytest.fixture(scope="module")
def written(look, tmp_path_factory):
    return write_inside_pages(look(), tmp_path_factory.mktemp("pages") / "inside")


def test_contents_link_every_page_and_pages_link_back(written):
    text = written.read_text(encoding="utf-8")
    pages = sorted(path.name for path in written.parent.glob("layer-*.html"))
    assert pages == ["layer-01.html"]
    assert 'href="layer-01.html"' in text
    assert 'href="index.html"' in (written.parent / "layer-01.html").read_text(encoding="utf-8")


def test_pages_hold_their_pictures_and_reach_for_nothing(written):
    for page in written.parent.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        sources = re.findall(r'<img[^>]* src="([^"]{0,30})', text)
        assert sources
        assert all(source.startswith("data:image/") for source in sources)
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert 'alt=""' not in text
        assert page.stat().st_size < 8_000_000


def test_every_page_says_drawn_where_trees_are_drawn(look, tmp_path, written):
    for page in written.parent.glob("*.html"):
        assert "These are drawn trees" in page.read_text(encoding="utf-8")
    real = write_inside_pages(look(drawn=False), tmp_path)
    assert "These are drawn trees" not in real.read_text(encoding="utf-8")


def test_names_of_photos_are_text(written):
    for page in written.parent.glob("*.html"):
        assert "<b>0.jpg" not in page.read_text(encoding="utf-8")
    assert "&lt;b&gt;" in written.read_text(encoding="utf-8")


def test_a_made_picture_is_never_shown_without_its_caution_and_its_rival(written):
    text = " ".join(written.read_text(encoding="utf-8").split())
    assert "It is no photo and no tree" in text
    assert "farthest photo that way" in text
    layer = (written.parent / "layer-01.html").read_text(encoding="utf-8")
    assert "the largest over the photos is" in layer


def test_every_unit_stands_in_numbers(written):
    layer = (written.parent / "layer-01.html").read_text(encoding="utf-8")
    assert layer.count('data-name="mean"') == 4


def test_same_seed_same_pages(look, tmp_path, written):
    again = write_inside_pages(look(), tmp_path / "again")
    other = write_inside_pages(look(seed=1), tmp_path / "other")
    for page in written.parent.glob("*.html"):
        assert (again.parent / page.name).read_bytes() == page.read_bytes()
    layer = "layer-01.html"
    assert (other.parent / layer).read_bytes() != (again.parent / layer).read_bytes()


def test_grey_kernels_share_one_scale_with_white_at_zero():
    kernels = np.zeros((2, 1, 1, 3), dtype=np.float32)
    kernels[0, 0, 0] = [-2.0, 0.0, 2.0]
    kernels[1, 0, 0] = [1.0, 0.0, 0.0]
    first, second = (pixels(uri)[0] for uri in kernel_uris(kernels))
    assert first[1].tolist() == [255, 255, 255]
    assert first[0, 2] > first[0, 0]  # blue below zero
    assert first[2, 0] > first[2, 2]  # vermillion above
    assert second[0].sum() > first[2].sum()  # half as large, half as dark
    assert second[1].tolist() == [255, 255, 255]


def test_colour_kernels_are_grey_at_zero_and_bright_where_they_are_largest():
    kernels = np.zeros((1, 3, 1, 2), dtype=np.float32)
    kernels[0, 0, 0, 1] = 0.5
    kernels[0, 2, 0, 1] = -0.5
    tones = pixels(kernel_uris(kernels)[0])[0]
    assert tones.tolist() == [[128, 128, 128], [255, 128, 0]]


def test_maps_are_darkest_at_zero_or_white_there():
    upward = pixels(map_uri(np.array([[0.0, 1.0]], dtype=np.float32)))
    assert upward[0, 0].sum() < upward[0, 1].sum()
    signed = pixels(map_uri(np.array([[-1.0, 0.0, 0.5]], dtype=np.float32)))
    assert signed[0, 1].tolist() == [255, 255, 255]


def test_a_patch_is_enlarged_with_a_white_frame_around_what_was_looked_at():
    grey = np.full((32, 32, 1), 100, dtype=np.uint8)
    framed = pixels(patch_uri(Patch(0, 1.0, grey, (8.0, 8.0, 16.0, 16.0))))
    plain = pixels(patch_uri(Patch(0, 1.0, grey, None)))
    assert framed.shape == plain.shape == (128, 128, 3)
    assert framed[48, 31].mean() > 180  # the frame's left side, just outside
    assert plain.max() < 120
