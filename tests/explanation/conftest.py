"""Two small networks of the fake kind, opened as explanations need them."""

import pytest


@pytest.fixture(scope="session")
def fake_opened(fake_network, fake_description):
    """Two fake networks with bodies of their own, 32 px, three classes."""
    from arborisk.explanation.opened import OpenedModel
    from arborisk.models.averaged import AveragedNetwork

    network = AveragedNetwork([fake_network(0), fake_network(1)], fake_description.preprocess)
    titles = fake_description.scheme.scheme.titles
    return OpenedModel(network, fake_description.preprocess, titles, "fake")
