"""Model 1's receptive fields, sizes and parameters are those of the network itself."""

import numpy as np
import pytest
import torch

from arborisk.deck.model1_page import building_blocks
from arborisk.models.model1 import Model1
from arborisk.models.settings import Model1Settings


def test_known_fields_of_the_deck():
    blocks = building_blocks(Model1Settings(), n_classes=2, channels=1, size=108)
    sides = [block.field.side_px for block in blocks if block.window_px]
    assert sides == [7, 9, 17, 25, 29, 45, 61, 69]
    assert sum(block.n_parameters for block in blocks) == 2_298_050
    assert [block.output for block in blocks[-4:]] == [(9216,), (128,), (64,), (2,)]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_number_has_seen_just_its_field(number):
    # With average pooling and tanh every pixel of the field moves it; nothing else does.
    settings = Model1Settings(feature_maps=(2,) * number, pooling="average", activation="tanh")
    torch.manual_seed(0)
    network = Model1(settings, n_classes=2, channels=1, size=108).double()
    blocks = building_blocks(settings, n_classes=2, channels=1, size=108)
    picture = torch.rand(1, 1, 108, 108, dtype=torch.float64, requires_grad=True)
    maps = network.features(picture)
    middle = maps.shape[2] // 2
    maps[0, :, middle, middle].sum().backward()
    seen = np.argwhere(picture.grad[0, 0].numpy())
    side = next(block.field.side_px for block in blocks if block.name == f"conv_{number}")
    assert (seen.max(axis=0) - seen.min(axis=0) + 1).tolist() == [side, side]
    assert sum(block.n_parameters for block in blocks) == sum(
        value.numel() for value in network.parameters()
    )
