"""Two moons are learned; what cannot be trained is refused."""

import numpy as np
import pytest

from arborisk.deck.dense_network import draw_network
from arborisk.deck.fitting import Samples, fit, predicted, standardiser, two_moons
from arborisk.deck.fitting_text import text_curve, text_map
from arborisk.errors import SettingsError


@pytest.fixture(scope="module")
def moons():
    return two_moons(200, seed=1)


def network(cost="cross_entropy", **choices):
    return draw_network((2, 12, 2), sigma="tanh", cost=cost, **choices)


@pytest.mark.parametrize("cost", ["cross_entropy", "squared_error"])
def test_the_cost_falls_and_new_points_are_told_apart(moons, cost):
    told = []
    found = fit(
        network(cost),
        moons,
        eta=0.3,
        n_epochs=60,
        batch_size=16,
        held_out=two_moons(400, seed=2),
        progress=lambda done, total: told.append((done, total)),
    )
    first, last = found.history[0], found.history[-1]
    assert last.cost < first.cost / 4
    # A straight line reaches about 0.87 here.
    assert last.share_right_held_out > 0.93
    assert told == [(epoch, 60) for epoch in range(1, 61)]
    assert [row.epoch for row in found.history] == list(range(61))


def test_one_batch_of_all_is_one_plain_step(moons):
    from arborisk.deck.passes import backward, forward, updated

    start = network()
    wanted = np.eye(2)[moons.class_index]
    once = updated(start, backward(start, forward(start, moons.x, wanted)), 0.3)
    found = fit(start, moons, eta=0.3, n_epochs=1, batch_size=1000).network
    assert np.allclose(found.layers[0].weight, once.layers[0].weight, rtol=0, atol=1e-14)


def test_pictures_in_characters(moons):
    found = fit(network(), moons, eta=0.3, n_epochs=30, batch_size=16).network
    drawn = text_map(found, moons).splitlines()
    assert {len(line) for line in drawn} == {60}
    assert sum(line.count("o") + line.count("x") for line in drawn) <= 200
    assert {character for line in drawn for character in line} == set(".:ox")
    assert text_curve([1.0]).splitlines()[0].endswith("|*")


def test_standardised_on_the_training_part():
    scale = standardiser(np.array([[1.0, 5], [3, 5]]))
    assert scale(np.array([[5.0, 6]])).tolist() == [[3.0, 1.0]]  # a constant column is only moved


def test_the_class_is_the_largest_output(moons):
    x = np.array([[0.0, 1.0], [1.0, -0.5]])
    found = fit(network(), moons, eta=0.3, n_epochs=60, batch_size=16).network
    assert predicted(found, x).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"n_epochs": 0}, "epochs"),
        ({"batch_size": 0}, "batch"),
        ({"eta": -1.0}, "above 0"),
        ({"samples": Samples(np.ones((2, 2)), np.array([0, 2]))}, "classes 0 to 1.*found 0 to 2"),
    ],
)
def test_bad_choices(moons, changed, said):
    choices = {"samples": moons, "eta": 0.1, "n_epochs": 1, "batch_size": 4} | changed
    with pytest.raises(SettingsError, match=said):
        fit(network(), choices.pop("samples"), **choices)
