"""ResNet-50 is the published one: its weights fit by name and shape, and it learns."""

import pytest

torch = pytest.importorskip("torch")

from arborisk.models.resnet50 import ResNet50  # noqa: E402


def network(**changes):
    return ResNet50(**{"n_classes": 1000, "channels": 3, "size": 224, **changes})


@pytest.fixture(scope="module")
def published():
    with torch.device("meta"):  # shapes without numbers
        return network().eval()


def test_parameters_and_names_are_those_of_the_published_file(published):
    state = published.state_dict()
    assert sum(parameter.numel() for parameter in published.parameters()) == 25_557_032
    # 53 convolutions, 53 normalisations of five entries, and the last layer's two
    assert len(state) == 53 + 53 * 5 + 2 == 320
    shape_of = {name: tuple(value.shape) for name, value in state.items()}
    assert shape_of["conv1.weight"] == (64, 3, 7, 7)
    assert shape_of["bn1.running_var"] == (64,)
    assert shape_of["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert shape_of["layer1.0.downsample.1.num_batches_tracked"] == ()
    assert "layer1.1.downsample.0.weight" not in shape_of
    assert shape_of["layer2.0.conv2.weight"] == (128, 128, 3, 3)
    assert shape_of["layer3.5.bn3.bias"] == (1024,)
    assert shape_of["layer4.2.conv3.weight"] == (2048, 512, 1, 1)
    assert shape_of["fc.weight"] == (1000, 2048)


def test_shapes_layer_by_layer(published):
    maps = published.maxpool(published.conv1(torch.zeros(1, 3, 224, 224, device="meta")))
    assert maps.shape == (1, 64, 56, 56)
    for group, expected in (
        (published.layer1, (1, 256, 56, 56)),
        (published.layer2, (1, 512, 28, 28)),
        (published.layer3, (1, 1024, 14, 14)),
        (published.layer4, (1, 2048, 7, 7)),
    ):
        maps = group(maps)
        assert maps.shape == expected
    assert published.pool(maps).shape == (1, 2048)


def test_the_3x3_convolution_takes_the_stride(published):
    first = published.layer2[0]
    assert (first.conv1.stride, first.conv2.stride) == ((1, 1), (2, 2))


def test_a_block_adds_what_comes_in():
    block = network().layer1[1].eval()
    torch.nn.init.zeros_(block.bn3.weight)  # nothing is left to add
    maps = torch.rand(1, 256, 4, 4)
    assert torch.equal(block(maps.clone()), maps)


@pytest.mark.parametrize(("size", "side"), [(32, 1), (33, 2), (108, 4), (128, 4)])
def test_any_size_and_grey(size, side):
    with torch.device("meta"):
        grey = network(channels=1, size=size, n_classes=3)
        assert grey.features(torch.zeros(2, 1, size, size)).shape == (2, 2048, side, side)


def test_stages_hold_every_weight_but_the_last_layers(published):
    stages = published.stages()
    held = [parameter for stage in stages for parameter in stage.parameters()]
    assert len(stages) == 17
    assert sum(parameter.numel() for parameter in held) == 25_557_032 - (2048 + 1) * 1000
    assert len({id(parameter) for parameter in held}) == len(held)
