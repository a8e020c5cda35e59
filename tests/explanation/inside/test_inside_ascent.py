"""Gradient ascent goes where the gradient points, and says what it reached."""

import numpy as np
import pytest
import torch

from arborisk.explanation.inside.ascent import (
    AscentSettings,
    blurred,
    climb,
    climb_contrast,
    climb_units,
    fitted,
)
from arborisk.explanation.inside.fields import find_fields
from arborisk.explanation.inside.layers import find_layers

PLAIN = AscentSettings(jitter_px=0, blur_px=0.0, noise=0.0, step=2.0)


def direction(made):
    tones = made.pixels.astype(float).ravel() - 127.0
    return tones / np.linalg.norm(tones)


def test_a_linear_value_ends_at_its_own_direction():
    kernel = torch.randn((1, 12, 12, 3), generator=torch.Generator().manual_seed(5))
    (made,) = climb(
        lambda tones: ((tones - 127.0) * kernel).sum(dim=(1, 2, 3)),
        (1, 12, 12, 3),
        seed=0,
        settings=PLAIN,
    )
    wanted = kernel.numpy().ravel() / np.linalg.norm(kernel.numpy())
    assert direction(made) @ wanted > 0.99
    assert made.reached > made.began == 0.0


def test_a_unit_of_a_convolution_ends_at_its_kernel(fake_opened):
    network = fake_opened.bodies[1]
    (layer,) = find_layers(network)
    (field,) = find_fields(network, [layer])
    made = climb_units(fake_opened, layer, field, [0, 1, 2, 3], body=1, seed=0, settings=PLAIN)
    weights = network.body.weight.detach().numpy()
    for unit, one in enumerate(made):
        assert one.pixels.shape == (10, 10, 3)  # its field and a pixel around it
        middle = one.pixels[1:9, 1:9].astype(float) - 127.0
        kernel = weights[unit].transpose(1, 2, 0)
        likeness = (middle * kernel).sum() / np.linalg.norm(middle) / np.linalg.norm(kernel)
        assert likeness > 0.98
        assert one.reached > one.began


def test_the_usual_settings_raise_each_unit_and_the_contrast(fake_opened):
    from arborisk.bundle.activation_map import Contrast

    network = fake_opened.bodies[0]
    (layer,) = find_layers(network)
    (field,) = find_fields(network, [layer])
    units = climb_units(fake_opened, layer, field, [0, 1, 2, 3], body=0, seed=1)
    assert all(one.reached > one.began for one in units)
    up, down = climb_contrast(fake_opened, Contrast(2, (1,)), seed=1)
    assert down.reached < down.began
    assert up.reached > up.began
    score = fake_opened.score(fake_opened.pictures(up.pixels[None]), Contrast(2, (1,))).detach()
    assert up.reached == pytest.approx(score.item(), abs=1e-5)


def test_same_seed_same_picture():
    def value(tones):
        return (tones[:, 2:5, 2:5] ** 2).sum(dim=(1, 2, 3))

    settings = AscentSettings(n_steps=4)
    first, again, other = (
        climb(value, (1, 8, 8, 1), seed=seed, settings=settings)[0].pixels for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_silent_unit_is_woken_where_its_gradient_begins_before_the_activation():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 3), torch.nn.ReLU())
    with torch.no_grad():
        network[0].weight[:] = torch.linspace(-1, 1, 9).reshape(1, 1, 3, 3) / 255
        network[0].bias[:] = -0.5

    def silent(tones, depth):
        return network[:depth](tones.permute(0, 3, 1, 2))[:, 0, 1, 1]

    (made,) = climb(
        lambda tones: silent(tones, 1),
        (1, 4, 4, 1),
        seed=0,
        settings=PLAIN,
        shown=lambda tones: silent(tones, 2),
    )
    assert made.began == 0.0
    assert made.reached > 0.05


def test_blur_keeps_the_mean_and_no_blur_changes_nothing():
    tones = torch.rand((2, 9, 9, 3), generator=torch.Generator().manual_seed(0))
    assert blurred(tones, 0.0) is tones
    even = torch.full((1, 9, 9, 1), 4.0)
    assert torch.allclose(blurred(even, 1.5), even)
    spike = torch.zeros((1, 15, 15, 1))
    spike[0, 7, 5, 0] = 1.0
    smooth = blurred(spike, 1.0)
    assert smooth[0, 7, 5, 0] == smooth.max()
    assert torch.allclose(smooth[0, 6, 5, 0], smooth[0, 7, 4, 0])
    assert float(smooth.sum()) == pytest.approx(1.0, abs=1e-5)


def test_narrow_fields_are_neither_shifted_nor_blurred_much(fake_opened):
    network = fake_opened.bodies[0]
    (field,) = find_fields(network, find_layers(network))
    assert field.side_px == 8
    narrow = fitted(AscentSettings(), field)
    assert (narrow.jitter_px, narrow.blur_px) == (0, 0.5)
