"""Drawn scenes to decode; a small network and a bundle of it: no weights, no network."""

import ast
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image, ImageDraw

import arborisk

# A command that a test starts shows where a fault of ours came up.
os.environ.setdefault("ARBORISK_TRACEBACK", "1")

# The same examples on every machine: a change is judged by what it changes, not by luck.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def _no_pool_unless_asked():
    """Starting processes costs seconds: what does not say how many it wants stays in this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("arborisk.photos.workers._WORTH_A_POOL", 10**6)
        yield


@pytest.fixture(scope="session")
def source_trees():
    """Every module of the package, parsed once: path below the package to its syntax."""
    folder = Path(arborisk.__file__).parent
    return {
        path.relative_to(folder).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


@pytest.fixture(scope="session")
def scene():
    """Draws a scene: `scene(width, height, seed)`; sky, ground, a stem, leaves, fine texture."""

    def draw(width, height, seed):
        rng = np.random.default_rng(seed)
        down = np.linspace(0, 1, height)[:, None, None]
        pixels = np.array([90, 140, 215]) + down * rng.uniform(-60, 90, 3)
        pixels = np.broadcast_to(pixels, (height, width, 3)).copy()
        pixels[int(rng.uniform(0.6, 0.8) * height) :] = rng.uniform(50, 130, 3)
        for cells in (6, 24, 96):
            noise = rng.normal(0, 60 / cells**0.5, (cells, cells)).astype(np.float32)
            pixels += np.asarray(Image.fromarray(noise).resize((width, height)))[..., None]
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        pen = ImageDraw.Draw(image)
        middle = rng.uniform(0.3, 0.7) * width
        stem = rng.uniform(0.01, 0.05) * width
        pen.rectangle([middle - stem, 0.3 * height, middle + stem, 0.9 * height], fill=(70, 52, 40))
        for _ in range(400):
            x, y = rng.normal(middle, 0.18 * width), rng.normal(0.4 * height, 0.14 * height)
            size, light = rng.uniform(0.003, 0.03) * height, int(rng.integers(40, 150))
            leaf = (int(light * 0.7), light, int(light * 0.3))
            pen.ellipse([x - size, y - size, x + size, y + size], fill=leaf)
        return image

    return draw


@pytest.fixture(scope="session")
def fake_network():
    """Makes small networks of the fake kind: `fake_network(seed)`."""
    torch = pytest.importorskip("torch")
    from arborisk.models.network import Network

    class Fake(Network):
        def __init__(self, n_classes=3):
            super().__init__(n_classes=n_classes, channels=3, size=32)
            self.head = torch.nn.Linear(4, n_classes)
            self.body = torch.nn.Conv2d(3, 4, 8, stride=8)

        def stages(self):
            return [self.body]

        def features(self, pictures):
            return self.body(pictures).relu()

        def pool(self, feature_map):
            return feature_map.mean((2, 3))

    def make(seed=0, n_classes=3):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return Fake(n_classes)

    return make


@pytest.fixture(scope="session")
def fake_arrays():
    """Prepared pictures for the fake network, uint8 (9, 32, 32, 3)."""
    return np.random.default_rng(7).integers(0, 256, (9, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="session")
def fake_description():
    """What a bundle of two fake networks states about itself."""
    from arborisk.bundle.record import BundleDescription, SchemeRecord, ScoreRecord
    from arborisk.dataset.schemes import ISA_SCHEMES
    from arborisk.preprocess.settings import PreprocessSettings

    return BundleDescription(
        model="fake",
        scheme=SchemeRecord.of(ISA_SCHEMES["Pr_Po_Im"]),
        preprocess=PreprocessSettings(size_px=32, channels=3),
        kind="folds_averaged",
        protocol="grouped",
        n_members=2,
        n_training_photos=458,
        n_training_groups=120,
        training_share={"Im": 0.7, "Po": 0.18, "Pr": 0.12},
        scores={
            "macro_f1": ScoreRecord(
                value=0.5, low=0.4, high=0.6, n_photos=458, n_groups=120, majority=0.27
            )
        },
        data_hash="d" * 64,
        split_hash="5" * 64,
        training={"epochs": 4},
    )


@pytest.fixture(scope="session")
def fake_table():
    """What two members said of 120 photos of 60 trees held back, which they tell apart well."""
    from arborisk.calibration.table import CalibrationTable

    random = np.random.default_rng(5)
    truth = np.repeat(np.arange(60) % 3, 2)
    logits = random.normal(size=(120, 3)) + 2 * np.eye(3)[truth]
    return CalibrationTable.of(
        probability=np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True),
        class_index=truth,
        rounds=["fold-1"] * 60 + ["fold-2"] * 60,
        groups=[f"tree {number // 2}" for number in range(120)],
        trees=[f"tree {number // 2}" for number in range(120)],
    )


@pytest.fixture(scope="session")
def fake_calibration():
    """The record that goes with `fake_table`."""
    from arborisk.bundle.record import CalibrationRecord

    return CalibrationRecord(
        method="bias",
        weight=((0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.5)),
        bias=(0.5, 0.0, -0.5),
        n_photos=120,
        n_groups=60,
        groups_of_class={"Im": 20, "Po": 20, "Pr": 20},
        before={"log_loss": 0.9},
        after={"log_loss": 0.8},
    )


@pytest.fixture(scope="session")
def _written_bundle(
    tmp_path_factory, fake_network, fake_description, fake_arrays, fake_table, fake_calibration
) -> Path:
    from arborisk.models.export import TrainingPhotos, export_bundle

    folder = tmp_path_factory.mktemp("written") / "bundle"
    export_bundle(
        [fake_network(0), fake_network(1)],
        folder,
        description=fake_description.model_copy(update={"calibration": fake_calibration}),
        arrays=fake_arrays,
        data="Noise.",
        licence="Apache-2.0",
        calibration=fake_table,
        training_photos=TrainingPhotos(
            fake_arrays, [f"tree {number}" for number in range(9)], np.arange(9) % 3
        ),
        data_card='{"name": "noise"}',
    )
    return folder


@pytest.fixture
def fake_bundle(_written_bundle, tmp_path) -> Path:
    """Folder of a valid bundle that the test may damage."""
    return Path(shutil.copytree(_written_bundle, tmp_path / "bundle"))
