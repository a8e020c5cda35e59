"""The deck's equations by hand, and random networks against every other way to get a gradient."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arborisk.deck.activations import SOFTMAX, softmax_backward
from arborisk.deck.checks import check_network, check_network_with_torch, relative_difference
from arborisk.deck.dense_network import DenseLayer, DenseNetwork, draw_network
from arborisk.deck.passes import backward, expanded_chain, forward, multiply_out, updated
from arborisk.errors import SettingsError


@st.composite
def problems(draw):
    """A network of 1 to 4 layers with biases, a mini-batch of 1 to 4 samples, and targets."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    cost = draw(st.sampled_from(["squared_error", "cross_entropy"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layers = []
    for number in range(1, len(sizes)):
        sigma = draw(st.sampled_from(["sigmoid", "tanh", "relu", "identity"]))
        if number == len(sizes) - 1 and cost == "cross_entropy":
            sigma = SOFTMAX
        weight = rng.uniform(-1.5, 1.5, (sizes[number], sizes[number - 1]))
        layers.append(DenseLayer(weight, rng.normal(size=sizes[number]), sigma))
    n_samples = draw(st.integers(1, 4))
    x = rng.normal(size=(n_samples, sizes[0]))
    y = rng.random((n_samples, sizes[-1])) + 0.05
    if cost == "cross_entropy":
        y /= y.sum(axis=1, keepdims=True)
    return DenseNetwork(tuple(layers), cost), x, y


def chain_of_one():
    """Two layers of one neuron each, as the deck derives."""
    first = DenseLayer(np.array([[2.0]]), np.array([-1.0]), "identity")
    second = DenseLayer(np.array([[3.0]]), np.array([0.5]), "identity")
    return DenseNetwork((first, second), "squared_error")


def test_one_step_by_hand():
    # x = 1.5, y = 5: z1 = 2*1.5 - 1 = 2 = a1; z2 = 3*2 + 0.5 = 6.5 = a2; C = 1.5^2 = 2.25
    network = chain_of_one()
    passed = forward(network, [1.5], [5.0])
    assert (passed.z[0].item(), passed.z[1].item(), passed.cost) == (2.0, 6.5, 2.25)
    first, second = backward(network, passed)
    assert second.dC_da.item() == 2 * 1.5  # the factor 2 of equations 4 and 5
    assert (second.dC_dw.item(), second.dC_db.item()) == (3 * 2, 3)
    assert first.dC_da.item() == 3 * 3  # (13): dC/da2 * 1 * w2
    assert (first.dC_dw.item(), first.dC_db.item()) == (9 * 1.5, 9)
    after = updated(network, (first, second), eta=0.1)
    assert after.layers[1].weight.item() == pytest.approx(3 - 0.1 * 6)
    assert after.layers[0].weight.item() == pytest.approx(2 - 0.1 * 13.5)
    assert after.layers[0].bias.item() == pytest.approx(-1 - 0.1 * 9)


def test_a_published_example():
    # M. Mazur, "A Step by Step Backpropagation Example" (2015), to all digits that it prints. Its
    # error is C / 2, so its learning rate of 0.5 is 0.25 here; it leaves the biases as they are.
    hidden = DenseLayer(np.array([[0.15, 0.20], [0.25, 0.30]]), np.full(2, 0.35), "sigmoid")
    output = DenseLayer(np.array([[0.40, 0.45], [0.50, 0.55]]), np.full(2, 0.60), "sigmoid")
    network = DenseNetwork((hidden, output), "squared_error")
    passed = forward(network, [0.05, 0.10], [0.01, 0.99])
    assert passed.a[1][0] == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    assert passed.a[2][0] == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    assert passed.cost / 2 == pytest.approx(0.298371109, abs=5e-10)
    gradients = backward(network, passed)
    assert gradients[1].dC_dw[0, 0] / 2 == pytest.approx(0.082167041, abs=5e-10)
    first, second = (layer.weight.ravel() for layer in updated(network, gradients, 0.25).layers)
    assert second == pytest.approx([0.35891648, 0.408666186, 0.511301270, 0.561370121], abs=5e-9)
    assert first == pytest.approx([0.149780716, 0.19956143, 0.24975114, 0.29950229], abs=5e-9)


def test_weights_updated_too_early_give_other_gradients():
    network = chain_of_one()
    gradients = backward(network, forward(network, [1.5], [5.0]))
    early = gradients[1].dC_dz @ updated(network, gradients, 0.1).layers[1].weight
    assert early.item() == pytest.approx(3 * 2.4)  # not 9


@given(problems())
@settings(max_examples=40, deadline=None)
def test_gradients_are_those_of_central_differences_and_of_the_scalar_form(problem):
    network, x, y = problem
    passed = forward(network, x, y)
    # A kink of ReLU within the step has no derivative to compare with.
    assume(all(np.abs(z).min() > 1e-3 for z in passed.z))
    assert [row for row in check_network(network, x, y, name="") if not row.agrees] == []


@given(problems())
@settings(max_examples=60, deadline=None)
def test_gradients_and_updates_are_those_of_torch(problem):
    rows = list(check_network_with_torch(*problem, eta=0.3, name=""))
    assert len(rows) == 4 * len(problem[0].layers)
    assert [row for row in rows if not row.agrees] == []


@given(problems())
@settings(max_examples=40, deadline=None)
def test_the_expanded_chain_multiplies_out(problem):
    network, x, y = problem
    gradients = backward(network, forward(network, x, y))
    for number, gradient in enumerate(gradients, start=1):
        chain = expanded_chain(gradients, number)
        assert len(chain) == 3 + 2 * (len(gradients) - number)  # two more factors a layer
        assert relative_difference(multiply_out(chain), gradient.dC_dw) < 1e-9


def test_a_check_can_fail():
    network = draw_network((2, 3, 1))
    rows = list(check_network_with_torch(network, [[0.5, -0.2]], [[0.8]], eta=0.3, name=""))
    wrong = relative_difference(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 4e-6]))
    assert max(row.difference for row in rows) < 1e-12
    assert wrong == pytest.approx(2e-6, rel=1e-4)


def test_a_hopeless_softmax_sends_back_finite_numbers():
    network = draw_network((1, 2), cost="cross_entropy")
    network = DenseNetwork(
        (DenseLayer(np.array([[2000.0], [0.0]]), np.zeros(2), SOFTMAX),), "cross_entropy"
    )
    passed = forward(network, [1.0], [0.0, 1.0])
    found = backward(network, passed)[0]
    assert passed.cost == 2000
    assert found.dC_dz.tolist() == [[1.0, -1.0]]


def test_softmax_backward_is_the_jacobian_multiplied_out():
    network = draw_network((4, 3), cost="cross_entropy", seed=3)
    passed = forward(network, np.random.default_rng(3).normal(size=(3, 4)), np.eye(3))
    found = backward(network, passed)[0]
    assert np.allclose(np.einsum("sj,sji->si", found.dC_da, found.da_dz), found.dC_dz)
    assert np.allclose(softmax_backward(passed.a[-1], found.dC_da), found.dC_dz)


W, B = np.ones((2, 3)), np.zeros(2)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: draw_network((3,)), "two or more layer sizes"),
        (lambda: draw_network((3, 0)), "each 1 or more"),
        (
            lambda: draw_network((2, 1), sigma="swish"),
            "sigmoid, tanh, relu, identity; found 'swish'",
        ),
        (lambda: draw_network((2, 1), cost="hinge"), "squared_error, cross_entropy; found 'hinge'"),
        (
            lambda: DenseNetwork(
                (DenseLayer(W, B, "relu"), DenseLayer(W, B, "relu")), "squared_error"
            ),
            "2 columns, as layer 1 has neurons; found 3 .weight of layer 2.",
        ),
        (
            lambda: DenseNetwork((DenseLayer(W, np.zeros(3), "relu"),), "squared_error"),
            r"bias of shape \(2,\)",
        ),
        (
            lambda: DenseNetwork((DenseLayer(W * np.nan, B, "relu"),), "squared_error"),
            r"nan at index \(0, 0\)",
        ),
        (
            lambda: DenseNetwork((DenseLayer(W, B, "relu"),), "cross_entropy"),
            "softmax in the last layer",
        ),
        (lambda: DenseNetwork((DenseLayer(W.astype(int), B, "relu"),), "squared_error"), "int64"),
        (lambda: DenseNetwork((), "squared_error"), "at least one layer"),
        (lambda: forward(draw_network((3, 2)), [1.0, 2.0], [0, 1]), r"shape \(3,\).*found \(2,\)"),
        (lambda: forward(draw_network((1, 2)), [1.0], [0, np.inf]), "finite.*the target"),
        (lambda: forward(draw_network((1, 2)), ["a"], [0, 1]), "numbers; found"),
        (
            lambda: forward(draw_network((1, 1)), [[1.0], [2.0]], [0.5]),
            "inputs, 2; found 1",
        ),
    ],
)
def test_bad_input_is_told_where_it_is(make, said):
    with pytest.raises(SettingsError, match=said):
        make()


def test_numpy_alone():
    program = (
        "import sys, arborisk.deck.passes, arborisk.deck.checks, arborisk.deck.tracing; "
        "print(*{n.partition('.')[0] for n in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "numpy" in loaded
    assert not loaded & {"torch", "scipy", "matplotlib", "sklearn", "pydantic", "jinja2"}
