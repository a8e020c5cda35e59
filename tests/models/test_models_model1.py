"""Model 1 is the deck's, layer by layer, and each of its choices is an option."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

torch = pytest.importorskip("torch")

from arborisk.errors import SettingsError  # noqa: E402
from arborisk.models.model1 import same_padding  # noqa: E402
from arborisk.models.settings import (  # noqa: E402
    Model1Settings,
    model1_shapes,
)
from arborisk.models.table import build  # noqa: E402

DECK = [
    ("Conv2d", (64, 54, 54), (7 * 7 * 1 + 1) * 64),
    ("MaxPool2d", (64, 27, 27), 0),
    ("Conv2d", (128, 27, 27), (3 * 3 * 64 + 1) * 128),
    ("Conv2d", (128, 27, 27), (3 * 3 * 128 + 1) * 128),
    ("MaxPool2d", (128, 13, 13), 0),
    ("Conv2d", (256, 13, 13), (3 * 3 * 128 + 1) * 256),
    ("Conv2d", (256, 13, 13), (3 * 3 * 256 + 1) * 256),
    ("MaxPool2d", (256, 6, 6), 0),
    ("Flatten", (9216,), 0),
    ("Linear", (128,), (9216 + 1) * 128),
    ("Dropout", (128,), 0),
    ("Linear", (64,), (128 + 1) * 64),
    ("Dropout", (64,), 0),
    ("Linear", (2,), (64 + 1) * 2),
]


def layers_run(network):
    """(kind, output shape, parameters) of each layer in the order in which it runs."""
    seen = []

    def note(module, _, output):
        n_parameters = sum(parameter.numel() for parameter in module.parameters())
        seen.append((type(module).__name__, tuple(output.shape[1:]), n_parameters))

    for module in network.modules():
        if not list(module.children()):
            module.register_forward_hook(note)
    network(torch.zeros(1, network.channels, network.size, network.size))
    return seen


def deck_network(**changes):
    return build(
        "model1", n_classes=2, channels=1, size=108, settings=Model1Settings(**changes)
    ).eval()


def test_every_layer_is_the_decks():
    network = deck_network()
    run = layers_run(network)
    assert [layer for layer in run if layer[0] not in ("ZeroPad2d", "ReLU")] == DECK
    assert sum(parameter.numel() for parameter in network.parameters()) == 2_298_050


def test_relu_follows_every_hidden_layer_and_nothing_else_is_there():
    kinds = [kind for kind, _, _ in layers_run(deck_network())]
    weighted = [index for index, kind in enumerate(kinds) if kind in ("Conv2d", "Linear")]
    assert [kinds[index + 1] for index in weighted[:-1]] == ["ReLU"] * 7
    assert set(kinds) == {kind for kind, _, _ in DECK} | {"ZeroPad2d", "ReLU"}


def test_dropout_is_one_half():
    network = deck_network()
    rates = [module.p for module in network.modules() if isinstance(module, torch.nn.Dropout)]
    assert rates == [0.5, 0.5]


def test_shapes_without_building_agree_with_the_network():
    shapes = model1_shapes(Model1Settings(), n_classes=2, channels=1, size=108)
    asked = [(layer.output, layer.n_parameters) for layer in shapes]
    height_width_maps = [
        (shape if len(shape) == 1 else (*shape[1:], shape[0]), n_parameters)
        for kind, shape, n_parameters in DECK
        if kind != "Dropout"
    ]
    assert asked == height_width_maps


def test_map_embedding_and_head_chain_to_the_logits():
    network = deck_network()
    pictures = torch.rand(3, 1, 108, 108)
    feature_map = network.features(pictures)
    embedding = network.pool(feature_map)
    assert feature_map.shape == (3, 256, 13, 13)
    assert embedding.shape == (3, 64)
    assert torch.equal(network.head(embedding), network(pictures))


def test_first_kernel_is_padded_by_two_before_and_three_after():
    network = deck_network(feature_maps=(1,), pool_after=(), dense=())
    convolution = network.convolutions[1]
    torch.nn.init.ones_(convolution.weight)
    n_seen = network.features(torch.ones(1, 1, 108, 108))[0, 0]  # picture pixels under the kernel
    assert n_seen[0, 0] == 5 * 5
    assert n_seen[-1, -1] == 4 * 4
    assert n_seen[5, 5] == 7 * 7


@given(st.integers(1, 300), st.integers(1, 11), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_same_padding_rounds_the_output_up(side, kernel, stride):
    before, after = same_padding(side, kernel, stride)
    assert 0 <= after - before <= 1
    if kernel >= stride:
        assert (side + before + after - kernel) // stride + 1 == -(-side // stride)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"feature_maps": (4, 4, 4)}, {"Conv2d", "MaxPool2d", "ReLU"}),
        ({"feature_maps": (4, 4), "kernel_sizes": (5, 2), "strides": (1, 3)}, {"Conv2d"}),
        ({"feature_maps": (4, 4), "pooling": "average"}, {"AvgPool2d"}),
        ({"feature_maps": (4, 4), "pool_after": (2,), "pool_size": 3}, {"MaxPool2d"}),
        ({"feature_maps": (4,), "activation": "tanh"}, {"Tanh"}),
        ({"feature_maps": (4,), "activation": "sigmoid"}, {"Sigmoid"}),
        ({"feature_maps": (4,), "dense": ()}, {"Linear"}),
        ({"feature_maps": (4,), "dense": (9, 8, 7), "dropout": 0.0}, {"Linear", "Dropout"}),
    ],
)
def test_every_choice_builds_what_it_says(changes, kinds, channels):
    chosen = Model1Settings(**changes)
    network = build("model1", n_classes=3, channels=channels, size=37, settings=chosen).eval()
    run = layers_run(network)
    assert kinds <= {kind for kind, _, _ in run}
    foreseen = model1_shapes(chosen, n_classes=3, channels=channels, size=37)
    weighted = ("Conv2d", "Linear")
    assert [n for kind, _, n in run if kind in weighted] == [
        layer.n_parameters for layer in foreseen if layer.n_parameters
    ]
    assert run[-1][1] == (3,)


def test_poolings_follow_the_first_and_every_second_layer_unless_named():
    assert Model1Settings(feature_maps=(8,) * 7).poolings == (1, 3, 5, 7)
    assert Model1Settings(pool_after=(2,)).poolings == (2,)


@given(st.integers(1, 40))
@settings(max_examples=20, deadline=None)
def test_a_size_builds_or_is_refused_in_words(size):
    chosen = Model1Settings(feature_maps=(2, 2, 2, 2, 2), dense=(3,))
    if size < 15:  # rounded up by the stride, then halved three times: 15, 8, 4, 2, 1
        with pytest.raises(SettingsError, match="Use a larger size, fewer poolings"):
            build("model1", n_classes=2, channels=1, size=size, settings=chosen)
    else:
        network = build("model1", n_classes=2, channels=1, size=size, settings=chosen)
        assert network(torch.zeros(2, 1, size, size)).shape == (2, 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"feature_maps": ()}, "feature_maps"),
        ({"kernel_sizes": (3, 3, 3), "feature_maps": (4, 4)}, "at most 2"),
        ({"strides": (1, 1), "feature_maps": (4,)}, "at most 1"),
        ({"pool_after": (6,)}, "from 1 to 5"),
        ({"dropout": 1.0}, "dropout"),
        ({"activation": "swish"}, "activation"),
        ({"batch_norm": True}, "batch_norm"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes, words):
    with pytest.raises(ValidationError, match=words):
        Model1Settings(**changes)


def test_weights_start_as_keras_starts_them():
    network = deck_network()
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
            fan_out, fan_in = module.weight.shape[:2]
            field = module.weight[0, 0].numel() if module.weight.dim() == 4 else 1
            bound = (6 / ((fan_in + fan_out) * field)) ** 0.5
            assert 0.9 * bound < module.weight.abs().max() <= bound
            assert not module.bias.any()


def test_the_last_pooling_leaves_the_finer_map_to_look_at():
    with_last, without_last = (
        deck_network(pool_after=after).features(torch.zeros(1, 1, 108, 108)).shape[2]
        for after in ((1, 3, 5), (1, 3))
    )
    assert with_last == without_last == 13
