"""A network that reads one corner of a picture only, opened as explanations need it."""

import pytest
import torch


@pytest.fixture(scope="session")
def opened_of(fake_description):
    """Opens networks in memory: `opened_of(networks, preprocess, model)`."""
    from arborisk.explanation.opened import OpenedModel
    from arborisk.models.averaged import AveragedNetwork

    def make(networks, preprocess=None, model="fake"):
        settings = preprocess or fake_description.preprocess
        network = AveragedNetwork(networks, settings)
        for weight in network.parameters():
            weight.requires_grad_(False)
        titles = fake_description.scheme.scheme.titles[: networks[0].n_classes]
        return OpenedModel(network, settings, titles, model)

    return make


@pytest.fixture(scope="session")
def corner_opened(fake_network, opened_of):
    """Its only map is the brightness of the upper left 8 x 8 px; bright there means class 2."""
    base = fake_network(0)

    class Corner(type(base)):
        def features(self, pictures):
            mask = torch.zeros(4, 4)
            mask[0, 0] = 1.0
            return self.body(pictures).relu() * mask

    network = Corner()
    with torch.no_grad():
        network.body.weight.fill_(0.02)
        network.body.bias.zero_()
        network.head.weight.copy_(torch.tensor([[-1.0] * 4, [0.0] * 4, [1.0] * 4]) * 9)
        network.head.bias.zero_()
    return opened_of([network])


@pytest.fixture(scope="session")
def small_opened(opened_of):
    """Each kind of network at 64 px with weights drawn at random: `small_opened(name)`."""
    from arborisk.models.settings import Model1Settings
    from arborisk.models.table import MODELS, build
    from arborisk.models.weights import FROM_SCRATCH

    kept = {}

    def make(name):
        if name not in kept:
            entry = MODELS[name]
            few = Model1Settings(feature_maps=(4, 4, 4, 4, 4), dense=(8, 8))
            network = build(
                name,
                n_classes=3,
                channels=entry.channels,
                size=64,
                weights=FROM_SCRATCH,
                settings=few if name == "model1" else None,
            )
            settings = entry.preprocess.model_copy(update={"size_px": 64})
            kept[name] = opened_of([network], settings, name)
        return kept[name]

    return make
