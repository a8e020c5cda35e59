"""The packaged weights of the head, and what is known of them.

Trained by ``benchmarks/parts.py`` on drawn trees and on regions of park photos; see NOTICE and
docs/parts.md. No torch here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as from_safetensors

WEIGHTS: Final = "part_head.safetensors"
FACTS: Final = "part_head.json"
PROBE_TOLERANCE: Final = 0.02
"""Largest difference of a probability on the probe: processors and libraries differ by 1e-4."""


@dataclass(frozen=True, slots=True)
class HeadWeights:
    """Weights of `arborisk.explanation.parts.network.PartHead` by name.

    Attributes:
        arrays: float32.
        facts: What they were trained on, and their measured accuracy; see docs/parts.md.
        sha256: Hash of the file, 64 hexadecimal digits.
    """

    arrays: dict[str, NDArray[np.float32]]
    facts: dict[str, Any]
    sha256: str


@lru_cache
def load_head_weights() -> HeadWeights:
    """The weights that come with the package."""
    folder = files("arborisk.explanation.parts")
    content = folder.joinpath(WEIGHTS).read_bytes()
    arrays = {name: value.astype(np.float32) for name, value in from_safetensors(content).items()}
    facts = json.loads(folder.joinpath(FACTS).read_text(encoding="utf-8"))
    return HeadWeights(arrays, facts, hashlib.sha256(content).hexdigest())


def probe_picture() -> NDArray[np.uint8]:
    """A fixed picture, shape (96, 64, 3), by whose parts the facts know the weights again."""
    down = np.linspace(0, 1, 96)[:, None, None]
    aside = np.linspace(0, 1, 64)[None, :, None]
    waves = np.sin(40 * aside * np.array([1.0, 1.7, 0.6])) * np.sin(30 * down)
    return np.asarray(np.clip(220 - 150 * down + 40 * waves, 0, 255), dtype=np.uint8)
