"""GoogLeNet is the published one, with auxiliaries that train and never answer."""

import pytest

torch = pytest.importorskip("torch")

from arborisk.models.googlenet import GoogLeNet  # noqa: E402


def network(**changes):
    return GoogLeNet(**{"n_classes": 1000, "channels": 3, "size": 224, **changes})


@pytest.fixture(scope="module")
def published():
    with torch.device("meta"):  # shapes without numbers
        return network().eval()


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_parameters_and_names_are_those_of_the_published_file(published):
    assert count(published) == 13_004_888
    assert count(published) - count(published.aux1) - count(published.aux2) == 6_624_904
    shape_of = {name: tuple(value.shape) for name, value in published.state_dict().items()}
    # A unit is one convolution and five entries of its normalisation. Three units come first, six
    # are in each of nine blocks, one is in each auxiliary beside two dense layers; then the last.
    assert len(shape_of) == (3 + 9 * 6) * 6 + 2 * (6 + 4) + 2 == 364
    assert shape_of["conv1.conv.weight"] == (64, 3, 7, 7)
    assert shape_of["conv3.bn.running_mean"] == (192,)
    assert shape_of["inception3a.branch1.conv.weight"] == (64, 192, 1, 1)
    assert shape_of["inception3a.branch2.1.conv.weight"] == (128, 96, 3, 3)
    assert shape_of["inception4b.branch3.1.conv.weight"] == (64, 24, 3, 3)  # not 5x5
    assert shape_of["inception5b.branch4.1.bn.num_batches_tracked"] == ()
    assert shape_of["aux1.conv.conv.weight"] == (128, 512, 1, 1)
    assert shape_of["aux2.conv.bn.bias"] == (128,)
    assert shape_of["aux2.fc1.weight"] == (1024, 2048)
    assert shape_of["aux2.fc2.weight"] == (1000, 1024)
    assert shape_of["fc.weight"] == (1000, 1024)
    assert published.inception3a.branch1.bn.eps == 0.001


def test_shapes_layer_by_layer(published):
    """Source: Szegedy et al. (2015), table 1."""
    expected = {
        **{"conv1": (64, 112), "maxpool1": (64, 56), "conv3": (192, 56), "maxpool2": (192, 28)},
        **{"inception3a": (256, 28), "inception3b": (480, 28), "maxpool3": (480, 14)},
        **{"inception4a": (512, 14), "inception4b": (512, 14), "inception4c": (512, 14)},
        **{"inception4d": (528, 14), "inception4e": (832, 14), "maxpool4": (832, 7)},
        **{"inception5a": (832, 7), "inception5b": (1024, 7)},
    }
    found = {}
    hooks = [
        module.register_forward_hook(
            lambda _, __, maps, name=name: found.update({name: (maps.shape[1], maps.shape[3])})
        )
        for name, module in published.named_children()
        if name in expected
    ]
    published(torch.zeros(1, 3, 224, 224, device="meta"))
    for hook in hooks:
        hook.remove()
    assert found == expected


def test_22_layers_in_a_row(published):
    """The longest way from picture to class passes 22 layers that hold weights."""
    depth = sum(
        1 if isinstance(stage, type(published.conv1)) else 2  # a block's longest way is 1x1, 3x3
        for stage in published.stages()
    )
    assert depth + 1 == 22


def test_auxiliaries_train_and_never_answer():
    small = network(n_classes=2, size=64)
    pictures = torch.rand(2, 3, 64, 64)
    trained = small.training_logits(pictures)
    assert [weight for _, weight in trained] == [1.0, 0.3, 0.3]
    assert {logits.shape for logits, _ in trained} == {(2, 2)}
    small.eval()
    with torch.no_grad():
        ((logits, weight),) = small.training_logits(pictures)
        assert weight == 1.0
        for auxiliary in (small.aux1, small.aux2):
            torch.nn.init.constant_(auxiliary.fc2.weight, float("nan"))
        assert torch.equal(small(pictures), logits)


def test_the_loss_of_an_auxiliary_reaches_the_first_layer():
    small = network(n_classes=2, size=64)
    first_auxiliary, _ = small.training_logits(torch.rand(2, 3, 64, 64))[1]
    first_auxiliary.sum().backward()
    assert small.conv1.conv.weight.grad.abs().sum() > 0
    assert small.inception4b.branch1.conv.weight.grad is None


@pytest.mark.parametrize(("size", "side"), [(32, 1), (33, 1), (108, 3), (128, 4)])
def test_any_size_and_grey(size, side):
    with torch.device("meta"):
        grey = network(channels=1, size=size, n_classes=3, output="corn")
        pictures = torch.zeros(2, 1, size, size)
        assert grey.features(pictures).shape == (2, 1024, side, side)
        assert len(grey.training_logits(pictures)) == 3


def test_stages_hold_every_weight_but_the_last_layers(published):
    held = [parameter for stage in published.stages() for parameter in stage.parameters()]
    assert sum(parameter.numel() for parameter in held) == 13_004_888 - (1024 + 1) * 1000
    assert len({id(parameter) for parameter in held}) == len(held)


def test_it_learns_from_scratch():
    """Left from right in a few steps, judged as it will be used: in evaluation mode."""
    torch.manual_seed(0)
    small = network(n_classes=2, size=32)
    for module in small.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.5  # twelve steps are few for means that keep nine tenths
    labels = torch.arange(12) % 2
    pictures = torch.randn(12, 3, 32, 32) / 2
    pictures[labels == 1, :, :, :16] += 1
    optimiser = torch.optim.Adam(small.parameters(), 0.001)
    for _ in range(12):
        optimiser.zero_grad()
        parts = small.training_logits(pictures)
        sum(w * torch.nn.functional.cross_entropy(z, labels) for z, w in parts).backward()
        optimiser.step()
    with torch.no_grad():
        assert (small.eval()(pictures).argmax(1) == labels).float().mean() > 0.9
