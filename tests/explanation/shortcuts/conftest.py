"""Small pictures with a crown, and small networks trained on what each test plants in them."""

from types import SimpleNamespace

import numpy as np
import pytest

SIZE = 32


def draw(seed, n_photos, *, cue):
    """Pictures of two classes that differ in one thing: crown, stamp, background or light."""
    rng = np.random.default_rng(seed)
    label = np.arange(n_photos) % 2
    arrays = np.empty((n_photos, SIZE, SIZE, 3))
    masks = np.zeros((n_photos, SIZE, SIZE), dtype=bool)
    down, across = np.mgrid[:SIZE, :SIZE]
    for number in range(n_photos):
        told = {name: label[number] if name == cue else rng.random() for name in CUES}
        sky = np.array([110, 140, 200]) + told["background"] * np.array([70, 0, -70])
        arrays[number] = sky + rng.normal(0, 12, (SIZE, SIZE, 3))
        middle = rng.uniform(13, 19, 2)
        masks[number] = (down - middle[0]) ** 2 + (across - middle[1]) ** 2 < rng.uniform(
            8, 11
        ) ** 2
        crown = np.array([60, 130, 50]) + told["crown"] * np.array([70, -40, 10])
        arrays[number][masks[number]] = crown + rng.normal(0, 12, (masks[number].sum(), 3))
        if cue == "stamp" and label[number]:
            arrays[number, 26:31, 26:31] = (250, 20, 200)
        if cue == "light":
            arrays[number] *= 0.85 + 0.3 * label[number] + rng.normal(0, 0.03)
    return np.clip(arrays, 0, 255).astype(np.uint8), label, masks


CUES = ("crown", "background")


@pytest.fixture(scope="session")
def cue_photos():
    """`cue_photos(cue)`: 72 photos of 36 groups, not learnt from, with outlines."""
    from arborisk.explanation.shortcuts.photos import UNSEEN_BY_ALL, ShortcutPhotos

    def make(cue):
        arrays, label, masks = draw(1, 72, cue=cue)
        groups = tuple(f"tree {number // 2}" for number in range(72))
        return ShortcutPhotos(arrays, label, groups, np.full(72, UNSEEN_BY_ALL), masks)

    return make


@pytest.fixture(scope="session")
def cue_model(fake_description):
    """`cue_model(cue)`: a small network trained on other photos with the same cue."""
    torch = pytest.importorskip("torch")
    from arborisk.explanation.opened import OpenedModel
    from arborisk.models.averaged import AveragedNetwork
    from arborisk.models.network import Network

    class Small(Network):
        def __init__(self):
            super().__init__(n_classes=2, channels=3, size=SIZE)
            self.body = torch.nn.Conv2d(3, 8, 5, stride=2)
            self.head = torch.nn.Linear(16, 2)

        def stages(self):
            return [self.body]

        def features(self, pictures):
            return self.body(pictures).relu()

        def pool(self, maps):
            return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)

    made = {}

    def make(cue):
        if cue not in made:
            arrays, label, _ = draw(2, 120, cue=cue)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                network = Small()
            opened = OpenedModel(
                AveragedNetwork([network], fake_description.preprocess),
                fake_description.preprocess,
                ("Leaf", "Bare"),
                "small",
            )
            own = opened.bodies[0]
            pictures, target = opened.pictures(arrays), torch.from_numpy(label)
            optimiser = torch.optim.Adam(opened.network.parameters(), 0.02)
            for _ in range(120):
                optimiser.zero_grad()
                logits = opened.network.classifiers[0](own.pool(own.features(pictures)))
                torch.nn.functional.cross_entropy(logits, target).backward()
                optimiser.step()
            made[cue] = opened
        return made[cue]

    return make


@pytest.fixture(scope="session")
def tested(cue_model, cue_photos):
    """`tested(cue)`: the outcome of all tests of the model with this cue."""
    from arborisk.bundle.activation_map import Contrast
    from arborisk.explanation.shortcuts.testing import shortcut_tests

    made = {}

    def make(cue):
        if cue not in made:
            made[cue] = shortcut_tests(
                cue_model(cue), cue_photos(cue), Contrast(1, (0,)), seed=0, n_pairs=30
            )
        return made[cue]

    return make


@pytest.fixture
def stub_bundle():
    """A bundle as far as its own file answers: `stub_bundle(logits of all members)`."""

    def make(answer):
        session = SimpleNamespace(run=lambda names, given: [answer(given["photos"])])
        return SimpleNamespace(session=session, description=SimpleNamespace(kind="folds_averaged"))

    return make
