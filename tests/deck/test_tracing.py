"""Every number of the algorithm is there, in the deck's order, under the deck's equations."""

import json

import numpy as np
import pytest

from arborisk.deck.backprop_page import trace_rows
from arborisk.deck.dense_network import draw_network
from arborisk.deck.equations import EQUATIONS
from arborisk.deck.passes import backward, forward
from arborisk.deck.tracing import gradient_equations, trace
from arborisk.errors import SettingsError

X, Y = [0.5, -0.2], [0.8]


@pytest.fixture(scope="module")
def found():
    return trace(draw_network((2, 3, 3, 2, 1)), X, Y, eta=0.5, n_steps=2)


def test_the_equations_are_all_there_but_the_two_that_the_deck_has_not():
    assert sorted(EQUATIONS) == sorted(set(range(1, 41)) - {33, 38})


def test_a_trace_of_four_layers_uses_all_of_them(found):
    used = {number for entry in found.entries for number in entry.equations}
    assert used == set(EQUATIONS)


def test_layers_between_and_small_networks_have_their_numbers():
    # Layers 2 and 3 of five are neither L, L-1 nor 1: they go as L-2 does.
    assert [gradient_equations(layer, 5)["dC_dw"] for layer in (5, 4, 3, 2, 1)] == [
        *((4, 23), (8, 14, 27), (31,), (31,), (36,)),
    ]
    assert gradient_equations(1, 1)["b_new"] == (7, 26, 40)


def test_each_product_is_that_of_its_factors(found):
    at = {(entry.iteration, entry.label): entry.values for entry in found.entries}
    n_products = 0
    for entry in found.entries:
        if not entry.name.startswith("dC_d") or not entry.factors:
            continue
        first, second, third = (at[entry.iteration, factor] for factor in entry.factors)
        if entry.name == "dC_da":
            product = (first * second) @ third
        elif entry.name == "dC_dw":
            product = np.outer(first * second, third)
        else:
            product = first * second * third
        assert product == pytest.approx(entry.values)
        n_products += 1
    assert n_products == 2 * (4 + 4 + 3)  # dC_dw, dC_db of four layers, dC_da of three; twice


def test_the_order_is_the_decks(found):
    order = [entry.label for entry in found.entries if entry.iteration == 1]
    assert order[:4] == ["a(0)", "z(1)", "a(1)", "z(2)"]
    assert order.index("C") < order.index("dC_dw(4)") < order.index("w_new(4)")
    assert order.index("w_new(4)") < order.index("dz_da(4)") < order.index("dC_da(3)")
    old = next(entry for entry in found.entries if entry.label == "dz_da(4)")
    assert old.values.tolist() == found.network.layers[3].weight.tolist()  # of iteration r


def test_the_scalar_form_is_equal_and_the_cost_falls(found):
    assert found.scalar_difference < 1e-15
    assert found.costs[0] > found.costs[1] > found.costs[2] > 0


def test_json_has_every_number_and_shape(found):
    kept = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert len(kept["entries"]) == len(found.entries)
    for entry in kept["entries"]:
        assert list(np.shape(entry["values"])) == entry["shape"], entry["name"]
    gradient = backward(found.network, forward(found.network, X, Y))[0].dC_dw
    first = next(
        entry for entry in kept["entries"] if (entry["name"], entry["layer"]) == ("dC_dw", 1)
    )
    assert first["values"] == gradient.tolist()


def test_a_mini_batch_keeps_the_factors_of_each_sample():
    batch = trace(draw_network((2, 3, 1)), [X, [1, 1], [0, 2]], [Y, [0.1], [0.4]], eta=0.5)
    shapes = {entry.label: entry.shape for entry in batch.entries}
    assert shapes["dC_da(1)"] == (3, 3)
    assert shapes["dz_dw(1)"] == (3, 2)
    assert shapes["dC_dw(1)"] == (3, 2)
    assert batch.scalar_difference < 1e-15


def test_rows_show_the_product(found):
    rows = [row for row in trace_rows(found) if row[3].startswith("∂C/∂w(4)")]
    assert rows[0][:5] == [
        "0",
        "backward",
        "4, 23",
        "∂C/∂w(4) = ∂C/∂a(4) · ∂a/∂z(4) · ∂z/∂w(4)",
        "1 x 2",
    ]


@pytest.mark.parametrize(
    ("given", "said"), [({"eta": 0}, "above 0"), ({"eta": 1, "n_steps": 0}, "1 step")]
)
def test_bad_choices(given, said):
    with pytest.raises(SettingsError, match=said):
        trace(draw_network((2, 1)), X, Y, **given)


def test_weights_that_run_away_are_named():
    network = draw_network((2, 1), sigma="identity")
    with pytest.raises(SettingsError, match="smaller eta"):
        trace(network, [1e200, 1], [0], eta=1e200, n_steps=3)
