"""The table of models as a person reads it: a row for each start of the weights. Needs torch."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

import arborisk
from arborisk.files import write_text_whole
from arborisk.models.backbone import user_cache_dir
from arborisk.models.export import export_onnx
from arborisk.models.network import Network
from arborisk.models.table import DEFAULT_MODEL, MODELS, build, model_entry
from arborisk.models.weights import (
    FROM_SCRATCH,
    IMAGENET,
    PACKAGED,
    State,
    imported,
    packaged_bodies,
)
from arborisk.records import Progress


@dataclass(frozen=True, slots=True)
class NetworkCost:
    """Counts of one network.

    Attributes:
        n_parameters: Learnt numbers that an answer passes through.
        n_parameters_in_training: All of them, auxiliary classifiers included.
        n_multiply_adds: Of convolutions and dense layers, for one picture.
    """

    n_parameters: int
    n_parameters_in_training: int
    n_multiply_adds: int


def cost_of_model(name: str, *, n_classes: int, size: int = 0, channels: int = 0) -> NetworkCost:
    """Cost of a model from the table; the same whatever its weights are.

    Args:
        name: A key of `arborisk.models.MODELS`.
        n_classes: Number of classes.
        size: Side of the input picture, in pixels; 0 means the model's usual one.
        channels: 1 (grey) or 3 (colour); 0 means the model's usual ones.
    """
    entry = model_entry(name)
    network = build(
        name,
        n_classes=n_classes,
        channels=channels or entry.channels,
        size=size or entry.size_px,
        weights=FROM_SCRATCH,
    )
    return cost_of(network)


def cost_of(network: Network) -> NetworkCost:
    """Cost of a network for one picture of its size.

    A multiply-add is one product added to a sum. Biases, normalisation, activations and pooling are
    left out, as is usual.

    Args:
        network: Left in the mode it is in.
    """
    passed: dict[int, int] = {}
    n_multiply_adds = 0

    def note(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal n_multiply_adds
        own = module.parameters(recurse=False)
        passed.update({id(parameter): parameter.numel() for parameter in own})
        if isinstance(module, nn.Conv2d):
            # Each number that leaves is one sum over a kernel.
            n_multiply_adds += output.numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            n_multiply_adds += output.numel() * module.in_features

    picture = torch.zeros(1, network.channels, network.size, network.size)
    handles = [module.register_forward_hook(note) for module in network.modules()]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(picture)
    finally:
        network.train(was_training)
        for handle in handles:
            handle.remove()
    in_training = sum(parameter.numel() for parameter in network.parameters())
    return NetworkCost(sum(passed.values()), in_training, n_multiply_adds)


BATCHES = (1, 8)
"""Photos at a time: one, as in the field, and several, as in a folder."""
LEAST_RUNS = 5
LEAST_SECONDS = 0.5

Times = dict[int, float]
"""Milliseconds a photo, by the number of photos at a time."""


def times_here(
    models: Sequence[str], *, again: bool = False, progress: Progress | None = None
) -> dict[str, Times]:
    """Milliseconds a photo of each model, on all cores, measured where not known.

    Each is kept in the user's cache as soon as it is measured, for these versions of arborisk and
    ONNX Runtime on this machine.

    Args:
        models: Keys of `arborisk.models.MODELS`.
        again: Measure all of them again, for example after a busy hour.
        progress: Called with the models measured and to measure; not at all if all are known.
    """
    known = _kept()
    missing = [name for name in models if again or name not in known]
    for done, name in enumerate(missing, start=1):
        known[name] = measure(name)
        _keep(known)
        if progress is not None:
            progress(done, len(missing))
    return {name: known[name] for name in models}


def measure(name: str) -> Times:
    """Milliseconds a photo in ONNX Runtime, at the model's usual input.

    The shortest of several runs: what else the machine does only adds to it. The weights are fresh
    ones: their values do not change how long it takes.

    Args:
        name: A key of `arborisk.models.MODELS`.
    """
    entry = model_entry(name)
    network = build(
        name, n_classes=3, channels=entry.channels, size=entry.size_px, weights=FROM_SCRATCH
    )
    session = onnxruntime.InferenceSession(
        export_onnx([network], entry.preprocess), providers=["CPUExecutionProvider"]
    )
    noise = np.random.default_rng(0)
    times = {}
    for batch in BATCHES:
        shape = (batch, entry.size_px, entry.size_px, entry.channels)
        photos = noise.integers(0, 256, shape, dtype=np.uint8)
        session.run(["logits"], {"photos": photos})  # the first run also sets up memory
        seconds: list[float] = []
        while len(seconds) < LEAST_RUNS or sum(seconds) < LEAST_SECONDS:
            started = time.perf_counter()
            session.run(["logits"], {"photos": photos})
            seconds.append(time.perf_counter() - started)
        times[batch] = 1000 * min(seconds) / batch
    return times


def _kept() -> dict[str, Times]:
    """What was measured before by these versions on this machine; empty if nothing was."""
    try:
        content = json.loads((user_cache_dir() / "model-times.json").read_text(encoding="utf-8"))
        if content["measured_with"] != _measured_with():
            return {}
        return {
            name: {int(batch): float(ms) for batch, ms in times.items()}
            for name, times in content["ms_a_photo"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # missing or damaged: measured again


def _keep(times: dict[str, Times]) -> None:
    content = {"measured_with": _measured_with(), "ms_a_photo": times}
    write_text_whole(user_cache_dir() / "model-times.json", json.dumps(content, indent=2) + "\n")


def _measured_with() -> dict[str, str]:
    """All that decides how long a photo takes, besides the model."""
    return {
        "arborisk": arborisk.__version__,
        "onnxruntime": version("onnxruntime"),
        "machine": f"{platform.node()} {platform.machine()} {os.cpu_count()} cores",
    }


DECK_CLASSES = 3
"""Classes of the counts: the deck's Probable, Possible, Improbable."""
PRETRAINED = "pretrained"
SCRATCH = "from scratch"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A model with the weights it starts from.

    Attributes:
        model: What ``--model`` calls it.
        title: Name for people.
        default: Whether it is taken unless asked otherwise.
        start: `PRETRAINED` (on ImageNet) or `SCRATCH`; scores are never compared across the two.
        weights: What ``--weights`` calls them.
        weights_state: Whether their file is here; "" from scratch.
        weights_licence: "" from scratch, and where nobody said.
        parameters: Learnt numbers that an answer of three classes passes through.
        parameters_in_training: All of them, auxiliary classifiers included.
        parameters_1000_classes: As ``parameters``, for the 1000 classes of published counts.
        parameters_1000_classes_in_training: As ``parameters_in_training``, likewise.
        multiply_adds: For one picture of the usual input, three classes.
        size_px: Side of the usual input, in pixels.
        channels: 1 (grey) or 3 (colour), usually.
        ms_a_photo: Milliseconds by photos at a time, on this machine; None if not measured.
        source: Who described the model first.
    """

    model: str
    title: str
    default: bool
    start: str
    weights: str
    weights_state: State | str
    weights_licence: str
    parameters: int
    parameters_in_training: int
    parameters_1000_classes: int
    parameters_1000_classes_in_training: int
    multiply_adds: int
    size_px: int
    channels: int
    ms_a_photo: Times | None
    source: str


def catalogue(times: Mapping[str, Times]) -> list[CatalogueRow]:
    """Every model of the table, pretrained ones first.

    Args:
        times: Milliseconds a photo by model, as far as measured.

    Raises:
        SettingsError: A record of imported weights cannot be read; says which.
    """
    rows = []
    for name, entry in MODELS.items():
        few, many = (cost_of_model(name, n_classes=n) for n in (DECK_CLASSES, 1000))
        for weights, state, licence in _starts(name, entry.weights_licence):
            rows.append(
                CatalogueRow(
                    model=name,
                    title=entry.title,
                    default=name == DEFAULT_MODEL and weights == entry.usual_weights,
                    start=SCRATCH if weights == FROM_SCRATCH else PRETRAINED,
                    weights=weights,
                    weights_state=state,
                    weights_licence=licence,
                    parameters=few.n_parameters,
                    parameters_in_training=few.n_parameters_in_training,
                    parameters_1000_classes=many.n_parameters,
                    parameters_1000_classes_in_training=many.n_parameters_in_training,
                    multiply_adds=few.n_multiply_adds,
                    size_px=entry.size_px,
                    channels=entry.channels,
                    ms_a_photo=times.get(name),
                    source=entry.source,
                )
            )
    return sorted(rows, key=lambda row: row.start == SCRATCH)


def _starts(model: str, licence: str) -> Iterator[tuple[str, State | str, str]]:
    """(name, state, licence) of the weights a model can start from."""
    bodies = packaged_bodies(model)
    if bodies:
        here = all(PACKAGED[body].installed for body in bodies)
        yield IMAGENET, "present" if here else "missing", licence
    for weights in imported():
        if weights.model == model:
            yield weights.name, weights.state, weights.licence
    yield FROM_SCRATCH, "", ""
