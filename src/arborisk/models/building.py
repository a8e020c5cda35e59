"""Networks by name, and the weights they start from. Needs torch."""

from __future__ import annotations

from collections.abc import Mapping

from safetensors.torch import load
from torch import Tensor

from arborisk.models.efficientnet import (
    EfficientNetDepths,
    EfficientNetLite,
    EfficientNetPair,
    fresh_lite,
    pretrained_lite,
)
from arborisk.models.googlenet import GoogLeNet
from arborisk.models.model1 import Model1
from arborisk.models.network import Network
from arborisk.models.resnet50 import ResNet50
from arborisk.models.settings import Model1Settings, Output
from arborisk.models.weights import (
    BODIES,
    FROM_SCRATCH,
    IMAGENET,
    checked_bytes,
    find_imported,
    packaged_bodies,
)


def make_network(
    name: str,
    weights: str,
    settings: Model1Settings,
    *,
    n_classes: int,
    channels: int,
    size: int,
    output: Output,
) -> Network:
    """A network with its weights; what is drawn at random follows torch's generator.

    Args:
        name: A key of `arborisk.models.MODELS`.
        weights: `IMAGENET`, `FROM_SCRATCH` or the name of imported weights.
        settings: Choices of Model 1; not looked at for others.
        n_classes: Number of classes.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
        output: Kind of the last layer.

    Raises:
        SettingsError: The model has no such weights.
    """
    state = None
    if weights == IMAGENET and not packaged_bodies(name):
        find_imported(name, weights)  # refuses, and names those there are
    if weights not in (IMAGENET, FROM_SCRATCH):
        state = load(checked_bytes(find_imported(name, weights)))
    if name == "model1":
        return Model1(settings, n_classes=n_classes, channels=channels, size=size, output=output)
    if name in ("resnet50", "googlenet"):
        kind = ResNet50 if name == "resnet50" else GoogLeNet
        network: Network = kind(n_classes=n_classes, channels=channels, size=size, output=output)
        return network if state is None else _with_body(network, state)
    if name in BODIES:
        pretrained = weights == IMAGENET
        bodies = [
            pretrained_lite(body, size=size) if pretrained else fresh_lite(body, size=size)
            for body in BODIES[name]
        ]
        made: Network
        if name == "efficientnet_depths":
            (only,) = bodies
            made = EfficientNetDepths(
                only, n_classes=n_classes, channels=channels, size=size, output=output
            )
        else:
            made = EfficientNetPair(
                bodies, n_classes=n_classes, channels=channels, size=size, output=output
            )
        return made.eval() if pretrained else made
    if weights == FROM_SCRATCH:
        body = fresh_lite(name, size=size)
    else:
        body = pretrained_lite(name, size=size, state=state)
    network = EfficientNetLite(
        body, n_classes=n_classes, channels=channels, size=size, output=output
    )
    return network if weights == FROM_SCRATCH else network.eval()


def _with_body(network: Network, state: Mapping[str, Tensor]) -> Network:
    """The network with published weights below its last layer, in evaluation mode.

    The last layer and what only takes part in training stay as drawn. A grey picture is three
    equal colours, so the first kernel is summed over its colours.
    """
    own = network.state_dict()
    left = tuple(f"{part}." for part in (network.head_name, *network.training_only))
    for key, value in own.items():
        if key.startswith(left) or key.endswith("num_batches_tracked"):
            continue
        published = state[key]
        if value.ndim == 4 and value.shape[1] == 1 and published.shape[1] == 3:
            published = published.sum(dim=1, keepdim=True)
        own[key] = published
    network.load_state_dict(own)
    return network.eval()
