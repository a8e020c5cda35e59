"""The layers of a network in order of computation, under names that people understand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from arborisk.models.network import Network
from arborisk.models.table import MODELS
from arborisk.models.weights import BODIES


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one module.

    Attributes:
        name: Path of the module in its network.
        number: Calls of the same module before this one: some activations serve many layers.
        module: The module.
        given: Its first input.
        output: What left it.
    """

    name: str
    number: int
    module: nn.Module
    given: Tensor
    output: Tensor


def trace(network: Network) -> list[Call]:
    """Calls below the last layer for one grey picture, in the order in which they end.

    Args:
        network: In evaluation mode.
    """
    calls: list[Call] = []
    counts: Counter[str] = Counter()

    def note(name: str) -> torch.utils.hooks.RemovableHandle:
        module = network.get_submodule(name)

        def hook(_: nn.Module, given: tuple[object, ...], output: object) -> None:
            if given and isinstance(given[0], Tensor) and isinstance(output, Tensor):
                calls.append(Call(name, counts[name], module, given[0], output))
            counts[name] += 1

        return module.register_forward_hook(hook)

    names = [name for name, _ in network.named_modules() if name]
    handles = [note(name) for name in names]
    try:
        with torch.inference_mode():
            picture = torch.zeros(1, network.channels, network.size, network.size)
            network.pool(network.features(picture))
    finally:
        for handle in handles:
            handle.remove()
    return calls


Kind = Literal["convolution", "block", "dense layer"]
FEW = 8
"""Layers of a body that are all shown; of a deeper one, the ends of its stages are."""
ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.SiLU, nn.Sigmoid, nn.Tanh)
PASSES_ON = (
    nn.modules.batchnorm._BatchNorm,
    nn.modules.dropout._DropoutNd,
    *ACTIVATIONS,
)
"""Modules that belong to the layer before them: each number follows from one number."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a network, after its normalisation and activation.

    Attributes:
        name: Path of its module, for example ``bodies.0._blocks.10``.
        part: Name of the body it is in, where a network has several side by side; else "".
        kind: A convolution, a block of several, or a dense layer.
        title: For people, for example ``convolution 3 of 5``.
        n_units: Feature maps, or neurons.
        side: Height and width of a map; 1 for a dense layer.
        outer: Whether it lies in no block.
        read_at: Module, and number of the call to it, that gives the layer's output.
        climb_at: The same for what its last activation is given; a unit that is silent after its
            activation still has a gradient there.
    """

    name: str
    part: str
    kind: Kind
    title: str
    n_units: int
    side: int
    outer: bool
    read_at: tuple[str, int]
    climb_at: tuple[str, int]

    @property
    def whole_title(self) -> str:
        """Title with the name of the body."""
        return f"{self.part}, {self.title}" if self.part else self.title

    @property
    def shape(self) -> str:
        """In words, for example ``128 maps of 27 x 27``."""
        if self.kind == "dense layer":
            return f"{self.n_units} neurons"
        return f"{self.n_units} maps of {self.side} \N{MULTIPLICATION SIGN} {self.side}"


@dataclass(frozen=True, slots=True)
class _Found:
    """A layer before it has a title."""

    name: str
    kind: Kind
    last: Call
    before: Call  # its activation


def find_layers(network: Network, model: str = "") -> tuple[Layer, ...]:
    """All layers below the classes, first to last, by one pass of a grey picture.

    Args:
        network: In evaluation mode.
        model: Its name in the table of models, for the names of its bodies.
    """
    calls = trace(network)
    order = {id(call): number for number, call in enumerate(calls)}
    blocks = [_Found(call.name, "block", call, call) for call in calls if _is_block(call)]
    at_block = {id(found.last.output) for found in blocks}
    single = [
        _Found(call.name, _kind(call), *_end(calls, place))
        for place, call in enumerate(calls)
        if isinstance(call.module, nn.Conv2d | nn.Linear)
    ]
    # A block may end with its last convolution: then it is the block that is shown.
    found = [*blocks, *(one for one in single if id(one.last.output) not in at_block)]
    found.sort(key=lambda one: order[id(one.last)])
    return _with_titles(found, [one.name for one in blocks], _part_names(model))


def choose_layers(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """A readable choice: all of a small body, the first and each stage's end of a deep one.

    A stage ends where the maps become smaller.
    """
    chosen: list[Layer] = []
    for part in dict.fromkeys(layer.part for layer in layers):
        outer = [layer for layer in layers if layer.part == part and layer.outer]
        if len(outer) <= FEW:
            chosen += outer
            continue
        sides = [layer.side for layer in outer[1:]] + [0]
        ends = (layer.side != after for layer, after in zip(outer, sides, strict=True))
        chosen += [
            layer
            for number, (layer, end) in enumerate(zip(outer, ends, strict=True))
            if end or number == 0
        ]
    return tuple(chosen)


def _is_block(call: Call) -> bool:
    """Whether a call is of several convolutions that stand for more than a list of them."""
    plain = isinstance(call.module, nn.Sequential)
    return not plain and call.output.ndim == 4 and _n_weighted(call.module) > 1


def _n_weighted(module: nn.Module) -> int:
    return sum(isinstance(one, nn.Conv2d | nn.Linear) for one in module.modules())


def _kind(call: Call) -> Kind:
    return "convolution" if isinstance(call.module, nn.Conv2d) else "dense layer"


def _end(calls: Sequence[Call], place: int) -> tuple[Call, Call]:
    """The call with which a layer's own work ends, and the last one before its activation."""
    own = end = before = calls[place]
    for call in calls[place + 1 :]:
        follows = call.given is end.output and isinstance(call.module, PASSES_ON)
        # A module made around this one layer may add an activation that is no module.
        around = (
            own.name.startswith(f"{call.name}.")
            and _n_weighted(call.module) == 1
            and not isinstance(call.module, nn.Sequential)
        )
        if follows and end is before and not isinstance(call.module, ACTIVATIONS):
            before = call
        if follows or around:
            end = call
    return end, before


def _with_titles(
    found: Sequence[_Found], blocks: Sequence[str], parts: Sequence[str]
) -> tuple[Layer, ...]:
    """Layers counted among those of their kind in the same body or block."""
    homes = [_home(one.name, blocks, parts) for one in found]
    kinds = [(home, one.kind) for home, one in zip(homes, found, strict=True)]
    titles: dict[str, str] = {}
    layers = []
    for number, (one, (part, block)) in enumerate(zip(found, homes, strict=True)):
        count = kinds[: number + 1].count(kinds[number])
        titles[one.name] = f"{one.kind} {count} of {kinds.count(kinds[number])}"
        layers.append((one, part, block))
    return tuple(
        Layer(
            one.name,
            part,
            one.kind,
            f"{titles[block]}, {titles[one.name]}" if block else titles[one.name],
            one.last.output.shape[1],
            one.last.output.shape[2] if one.last.output.ndim == 4 else 1,
            not block,
            (one.last.name, one.last.number),
            (one.before.name, one.before.number),
        )
        for one, part, block in layers
    )


def _home(name: str, blocks: Sequence[str], parts: Sequence[str]) -> tuple[str, str]:
    """Body and block that a module lies in; "" where it lies in none."""
    block = next((outer for outer in blocks if name.startswith(f"{outer}.")), "")
    steps = name.split(".")
    if parts and steps[0] == "bodies":
        return parts[int(steps[1])], block
    return "", block


def _part_names(model: str) -> list[str]:
    return [MODELS[body].title for body in BODIES.get(model, ())]
