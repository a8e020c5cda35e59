"""A small network that reads a planted reddish square, photos of it, and ways to make maps."""

from dataclasses import dataclass

import numpy as np
import pytest

SIZE_PX, CELL_PX = 64, 8
RED = np.array([1.0, -0.5, -0.5])


@dataclass(frozen=True)
class Planted:
    """Photos, half with a red square, which has the class "square"; and where it lies."""

    arrays: np.ndarray
    class_index: np.ndarray
    groups: tuple
    square: np.ndarray


@pytest.fixture(scope="session")
def planted():
    """48 photos of 24 groups, 64 px, noise in every colour; every second group has a square.

    It is 16 px wide, redder and no brighter, while photos differ in brightness: who does not look
    for red sees nothing of it.
    """
    rng = np.random.default_rng(3)
    arrays = rng.normal(128, 12, (48, SIZE_PX, SIZE_PX, 3)) + rng.normal(0, 6, (48, 1, 1, 1))
    square = np.zeros((48, SIZE_PX, SIZE_PX), dtype=bool)
    class_index = np.arange(48) // 2 % 2
    for place in np.flatnonzero(class_index):
        down, right = CELL_PX * rng.integers(0, 7, 2)
        square[place, down : down + 16, right : right + 16] = True
    arrays[square] += 16.0 * RED
    groups = tuple(f"tree {number // 2}" for number in range(48))
    return Planted(np.clip(np.rint(arrays), 0, 255).astype(np.uint8), class_index, groups, square)


@pytest.fixture(scope="session")
def square_network():
    """A network of 24 features at right angles, the first of which is red; its head reads that."""
    import torch

    from arborisk.models.network import Network

    class Square(Network):
        def __init__(self):
            super().__init__(n_classes=2, channels=3, size=SIZE_PX)
            self.head = torch.nn.Linear(24, 2)
            self.body = torch.nn.Conv2d(3, 24, CELL_PX, stride=CELL_PX)

        def stages(self):
            return [self.body]

        def features(self, pictures):
            return self.body(pictures).relu().square()  # so that blurred red is less red

        def pool(self, feature_map):
            return feature_map.mean((2, 3))

    def make():
        rng = np.random.default_rng(1)
        columns = rng.normal(size=(3 * CELL_PX**2, 24))
        columns[:, 0] = RED.repeat(CELL_PX**2)
        filters = np.linalg.qr(columns)[0].T
        filters[0] *= np.sign(filters[0, 0])
        with torch.random.fork_rng(devices=[]):
            network = Square()
        with torch.no_grad():
            network.body.weight.copy_(torch.from_numpy(filters).view(24, 3, CELL_PX, CELL_PX))
            network.body.bias.fill_(0.2)
            network.head.weight.copy_(torch.from_numpy(rng.normal(0, 0.5, (2, 24))))
            network.head.weight[:, 0] = torch.tensor([-80.0, 80.0])
            network.head.bias.copy_(torch.tensor([4.9, -4.9]))
        return network

    return make


@pytest.fixture(scope="session")
def open_networks():
    """Opens networks as a model of the classes "plain" and "square"."""
    from arborisk.explanation.opened import OpenedModel
    from arborisk.models.averaged import AveragedNetwork
    from arborisk.preprocess.settings import PreprocessSettings

    def open_them(*networks):
        preprocess = PreprocessSettings(size_px=SIZE_PX, channels=3)
        network = AveragedNetwork(list(networks), preprocess)
        return OpenedModel(network, preprocess, ("plain", "square"), "planted")

    return open_them


@pytest.fixture(scope="session")
def knowing(square_network, open_networks):
    """Knows the square: two members with slightly other heads over one body."""
    import torch

    network = square_network()
    other = torch.nn.Linear(24, 2)
    other.load_state_dict(network.head.state_dict())
    with torch.no_grad():
        other.weight.mul_(1.1)
    return open_networks(network, network.with_classifier(other))


@pytest.fixture(scope="session")
def guessing(square_network, open_networks):
    """The same network with all weights shuffled: `guessing(seed)`."""
    import torch

    def make(seed):
        network = square_network()
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for weight in network.parameters():
                order = torch.randperm(weight.numel(), generator=generator)
                weight.copy_(weight.flatten()[order].view_as(weight))
        return open_networks(network, network)

    return make


@pytest.fixture(scope="session")
def is_square():
    """Why "square" and not "plain"?"""
    from arborisk.bundle.activation_map import Contrast

    return Contrast(1, (0,))


@pytest.fixture(scope="session")
def activation_maps():
    """Maps from gradients times features: for heads on mean features the exact activation map."""
    import torch

    def make(opened, arrays, contrast):
        maps = [one.features(opened.pictures(arrays)).requires_grad_(True) for one in opened.bodies]
        score = opened.score_of(opened.log_probability_of_maps(maps), contrast).sum()
        gradients = torch.autograd.grad(score, maps)
        pairs = zip(gradients, maps, strict=True)
        return sum((one * own).sum(1) for one, own in pairs).detach().numpy()

    return make


@pytest.fixture(scope="session")
def edge_maps():
    """Maps of edges, which ask no network."""

    def make(opened, arrays, contrast):
        grey = arrays.mean(axis=3)
        return np.hypot(*np.gradient(grey, axis=(1, 2))).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def centre_maps():
    """Always the middle."""
    from arborisk.explanation.belief.maps import centre_blob

    def make(opened, arrays, contrast):
        return centre_blob(len(arrays)).astype(np.float32)

    return make
