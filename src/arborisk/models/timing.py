"""How long a photo takes on this machine, kept so that it is measured once. Needs torch."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import onnxruntime

import arborisk
from arborisk.files import write_text_whole
from arborisk.models.backbone import user_cache_dir
from arborisk.models.export import export_onnx
from arborisk.models.packaged_weights import FROM_SCRATCH
from arborisk.models.table import build, model_entry
from arborisk.records import Progress

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
