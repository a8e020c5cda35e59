"""Layers are found in order, under names that people understand, in every model of the table."""

import pytest

from arborisk.explanation.inside.fields import find_fields
from arborisk.explanation.inside.layers import choose_layers, find_layers
from arborisk.models.table import MODELS, build
from arborisk.models.weights import FROM_SCRATCH


def made(model, size_px=0):
    entry = MODELS[model]
    return build(
        model,
        n_classes=3,
        channels=entry.channels,
        size=size_px or entry.size_px,
        weights=FROM_SCRATCH if entry.usual_weights != FROM_SCRATCH else "",
    ).eval()


@pytest.fixture(scope="module")
def model1():
    return made("model1")


def test_the_walk_of_model_1_is_that_of_the_deck(model1):
    walk = find_layers(model1, "model1")
    assert [layer.title for layer in walk] == [
        *(f"convolution {number} of 5" for number in range(1, 6)),
        *(f"dense layer {number} of 2" for number in (1, 2)),
    ]
    assert [layer.shape for layer in walk[2:]] == [
        "128 maps of 27 \N{MULTIPLICATION SIGN} 27",
        "256 maps of 13 \N{MULTIPLICATION SIGN} 13",
        "256 maps of 13 \N{MULTIPLICATION SIGN} 13",
        "128 neurons",
        "64 neurons",
    ]


def test_fields_of_model_1_are_those_of_its_windows(model1):
    from arborisk.deck.model1_page import receptive_fields

    expected = receptive_fields([(7, 2), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1), (3, 1)])
    fields = find_fields(model1, find_layers(model1))
    after_convolutions = [expected[place] for place in (0, 2, 3, 5, 6)]
    assert [field.side_px for field in fields[:5]] == [one.side_px for one in after_convolutions]
    assert [field.step_px for field in fields[:5]] == [one.step_px for one in after_convolutions]
    assert all(field.whole for field in fields[5:])


def test_a_dense_layer_before_its_activation_is_another_call(model1):
    layer = find_layers(model1)[-1]
    assert layer.read_at[0] != layer.climb_at[0]


def test_bodies_side_by_side_have_their_names():
    walk = find_layers(made("efficientnet_pair", 64), "efficientnet_pair")
    chosen = choose_layers(walk)
    assert chosen[0].whole_title == "EfficientNet-Lite0, convolution 1 of 2"
    assert chosen[-1].whole_title == "EfficientNet-Lite2, convolution 2 of 2"
    assert "EfficientNet-Lite0, block 11 of 16" in [layer.whole_title for layer in chosen]
    assert len(chosen) < 16 < len(walk)


def test_what_is_chosen_of_a_deep_network_is_the_first_layer_and_each_end_of_a_stage():
    chosen = choose_layers(find_layers(made("resnet50", 64)))
    assert [(layer.name, layer.side) for layer in chosen] == [
        ("conv1", 32),
        ("layer1.2", 16),
        ("layer2.3", 8),
        ("layer3.5", 4),
        ("layer4.2", 2),
    ]


def test_fields_of_a_residual_network_are_the_published_ones():
    network = made("resnet50", 96)
    layers = [layer for layer in find_layers(network) if layer.name in ("conv1", "layer1.2")]
    first, later = find_fields(network, layers)
    assert (first.side_px, later.side_px) == (7, 35)  # Araujo et al. (2019), Distill
    assert later.half_px < later.core_px < later.side_px


def test_layers_inside_blocks_can_be_asked_for():
    walk = find_layers(made("googlenet", 64))
    inner = [layer for layer in walk if not layer.outer]
    assert inner[0].title.startswith("block 1 of 9, convolution 1 of 6")
    assert all(layer.n_units > 0 for layer in walk)
    assert len({layer.name for layer in walk}) == len(walk)
