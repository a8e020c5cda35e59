"""One true training step of Model 1 by hand: torch agrees on every parameter, dropout included."""

import numpy as np
import pytest
import torch

from arborisk.deck.checks import (
    blocks_from_torch,
    central_differences,
    check_classifier_with_torch,
    relative_difference,
)
from arborisk.deck.stack import (
    Convolution,
    Dense,
    Dropout,
    MaxPooling,
    draw_mask,
    gradients,
    parameters,
    run_stack,
    with_parameters,
)
from arborisk.errors import SettingsError
from arborisk.models.model1 import Model1
from arborisk.models.settings import Model1Settings

SMALL = {"feature_maps": (3, 4, 4, 5, 5), "dense": (7, 6)}


def model1(**choices):
    """Model 1 in float64 with biases other than zero."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = Model1(Model1Settings(**SMALL | choices), n_classes=2, channels=1, size=36)
        network = network.double().train()
        for value in network.parameters():
            if value.ndim == 1:
                value.data.normal_(0, 0.1)
    return [network.convolutions, network.hidden, network.head]


X = np.random.default_rng(0).normal(size=(3, 1, 36, 36))
Y = np.eye(2)[[0, 1, 1]]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_every_gradient_and_update_is_torchs(activation):
    modules = model1(activation=activation)
    rows = list(check_classifier_with_torch(modules, X, Y, eta=0.05, name="Model 1"))
    assert len(rows) == 1 + 3 * 2 * (5 + 3)
    assert max(row.difference for row in rows) < 1e-10
    gradient = [row for row in rows if row.quantity.startswith("gradient")]
    assert sum(row.n_compared for row in gradient) == sum(
        value.numel() for module in modules for value in module.parameters()
    )


def test_the_masks_are_torchs_own():
    shares = []
    for seed in (0, 1):
        rows = check_classifier_with_torch(model1(), X, Y, eta=0.05, name="", seed=seed)
        shares.append(next(iter(rows)).difference)
    assert max(shares) < 1e-12  # one wrong mask would give other probabilities


def test_a_convolution_by_hand():
    picture = np.array([[1.0, 2, 0], [0, 1, 3], [2, 1, 1]])[None, None]
    block = Convolution(np.array([[[[1.0, 0], [-1, 2]]]]), np.array([0.5]))
    # top left: 1*1 + 2*0 + 0*-1 + 1*2 + 0.5 = 3.5
    made = block.forward(picture)
    assert made.tolist() == [[[[3.5, 7.5], [0.5, 2.5]]]]
    back = block.backward(picture, made, np.array([[[[1.0, 0], [0, 1]]]]))
    assert back.dC_dw.tolist() == [[[[1 + 1, 2 + 3], [0 + 1, 1 + 1]]]]
    assert back.dC_db.tolist() == [2.0]
    assert back.to_input.tolist() == [[[[1, 0, 0], [-1, 2 + 1, 0], [0, -1, 2]]]]


def test_a_pooling_by_hand():
    picture = np.array([[1.0, 5, 2], [3, 0, 9], [7, 7, 7]])[None, None]
    block = MaxPooling(2)
    made = block.forward(picture)
    assert made.tolist() == [[[[5.0]]]]  # the third row and column are left over
    back = block.backward(picture, made, np.array([[[[4.0]]]]))
    assert back.to_input.tolist() == [[[[0, 4, 0], [0, 0, 0], [0, 0, 0]]]]
    assert back.factors["da_dz"].sum() == 1


def test_central_differences_through_all_blocks():
    blocks = blocks_from_torch(model1(activation="tanh", feature_maps=(2, 2, 2, 2, 2), dense=(3,)))
    values = parameters(blocks)
    found = gradients(run_stack(blocks, X, Y))
    for place in (0, 3, len(values) - 2):  # 7 x 7 kernels, a bias, the last weight

        def cost_at(moved, place=place):
            new = [*values[:place], moved, *values[place + 1 :]]
            return run_stack(with_parameters(blocks, new), X, Y).cost

        tried = central_differences(cost_at, values[place])
        assert relative_difference(found[place], tried) < 1e-6


def test_dropout_silences_its_share_and_keeps_the_mean():
    mask = draw_mask((200, 100), 0.25, np.random.default_rng(0))
    assert set(np.unique(mask)) == {0, 1 / 0.75}
    assert mask.mean() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            lambda: Dense(np.ones((2, 3)), np.zeros(2)).forward(np.ones((1, 4))),
            "3 numbers",
        ),
        (lambda: Convolution(np.ones((1, 2, 3, 3)), np.zeros(1)).forward(X), r"\(n, 2, height"),
        (lambda: MaxPooling(40).forward(X), "sides of at least 40"),
        (lambda: Dropout(np.ones((1, 2))).forward(np.ones((1, 3))), r"mask of shape \(1, 3\)"),
        (lambda: draw_mask((1,), 1.0, np.random.default_rng()), "below 1"),
        (lambda: run_stack([], X * np.nan, Y), "finite"),
        (
            lambda: run_stack([Dense(np.ones((3, 2)), np.zeros(3))], Y, Y),
            "targets of shape",
        ),
        (lambda: blocks_from_torch(model1(pooling="average")), "found AvgPool2d"),
    ],
)
def test_bad_input_is_told(act, said):
    with pytest.raises(SettingsError, match=said):
        act()
