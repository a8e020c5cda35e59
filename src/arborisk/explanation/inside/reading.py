"""One pass through a network that hands out the output of chosen layers as it comes by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from torch import Tensor, nn

from arborisk.explanation.inside.layers import Layer
from arborisk.models.network import Network

Take = Callable[[int, Tensor], None]
"""Called with the number of a layer and its output, shape (n, units, side, side)."""


class _EnoughError(Exception):
    """All that was asked for has come by: the rest of the network need not run."""


def read(
    network: Network,
    pictures: Tensor,
    layers: Sequence[Layer],
    take: Take,
    *,
    to_end: bool = True,
    before_activation: bool = False,
) -> Tensor | None:
    """Passes pictures through the body of a network once.

    Args:
        network: In evaluation mode.
        pictures: Normalised, shape (n, channels, size, size).
        layers: Whose outputs are wanted.
        take: What is done with each; it may keep it or not, so that memory is up to the caller.
        to_end: Whether the map is wanted too; else the pass ends with the last of `layers`.
        before_activation: Whether the outputs are wanted before each layer's activation; some are
            changed in place right after `take`.

    Returns:
        Feature map of the last convolution, as `Network.features` gives it, or None if `to_end` is
        False.
    """
    wanted: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, layer in enumerate(layers):
        name, number = layer.climb_at if before_activation else layer.read_at
        wanted[name][number].append(place)
    handles = []
    left = len(layers)

    def watch(name: str) -> None:
        counts: Counter[str] = Counter()

        def hook(_: nn.Module, __: tuple[object, ...], output: Tensor) -> None:
            nonlocal left
            for place in wanted[name].get(counts[name], ()):
                take(place, output if output.ndim == 4 else output[:, :, None, None])
                left -= 1
            counts[name] += 1
            if left == 0 and not to_end:
                raise _EnoughError

        handles.append(network.get_submodule(name).register_forward_hook(hook))

    for name in list(wanted):
        watch(name)
    try:
        feature_map = network.features(pictures)
        if left:  # dense layers come after the map
            network.pool(feature_map)
    except _EnoughError:
        return None
    finally:
        for handle in handles:
            handle.remove()
    return feature_map if to_end else None
