"""A network whose one unit of interest answers to a bright square, and photos with such squares."""

import numpy as np
import pytest

SQUARE_PX = 8


@pytest.fixture(scope="session")
def squares():
    """Twelve dark photos, uint8 (12, 32, 32, 3), the places of their squares, and how bright."""
    random = np.random.default_rng(3)
    arrays = random.integers(0, 20, (12, 32, 32, 3), dtype=np.uint8)
    places = random.integers(0, 4, (12, 2))
    bright = np.arange(100, 220, 10)
    for array, (row, column), tone in zip(arrays, places, bright, strict=True):
        top, left = row * SQUARE_PX, column * SQUARE_PX
        array[top : top + SQUARE_PX, left : left + SQUARE_PX] = tone
    return arrays, places, bright


@pytest.fixture(scope="session")
def square_opened(fake_network, fake_description):
    """One fake network: unit 0 of its convolution is the mean of its square of 8 x 8 pixels."""
    import torch

    from arborisk.explanation.opened import OpenedModel
    from arborisk.models.averaged import AveragedNetwork

    network = fake_network(4)
    with torch.no_grad():
        network.body.weight[0] = 1.0 / network.body.weight[0].numel()
        network.body.bias[0] = 0.0
    opened = AveragedNetwork([network], fake_description.preprocess)
    for weight in opened.parameters():
        weight.requires_grad_(False)
    return OpenedModel(
        opened, fake_description.preprocess, fake_description.scheme.scheme.titles, "fake"
    )
