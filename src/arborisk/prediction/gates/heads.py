"""Small heads on the default network's embedding that tell what a photo shows.

Trained by ``benchmarks/gates.py`` on park trees; see NOTICE and docs/gates.md. The committed
weights work without the photos.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as from_safetensors

GATES = ("tree", "whole", "leaf", "photo")
"""What each head tells: a tree is there; it is seen whole; it is in leaf; it is a photograph."""
WEIGHTS = "gate_heads.safetensors"
FACTS = "gate_heads.json"
PROBE_TOLERANCE = 0.05
"""Processors differ by about 1e-3 in a logit; another backbone by tens."""


@dataclass(frozen=True, slots=True)
class GateHeads:
    """Linear heads.

    Attributes:
        weight: Shape (4, d), in the order of `GATES`.
        bias: Shape (4,).
        facts: What they were trained on, limits and measured error rates; see docs/gates.md.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    facts: dict[str, Any]

    def logits(self, embedding: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-odds of each gate's question, shape (4,), of one embedding, shape (d,)."""
        return np.asarray(self.weight @ embedding + self.bias, dtype=np.float64)

    def limit(self, gate: str) -> float:
        """Log-odds below which the answer to the gate's question is no."""
        return float(self.facts["gates"][gate]["limit"])

    def fits(self, probe_embedding: NDArray[np.float32]) -> bool:
        """Whether a network is the one that the heads were trained on.

        Args:
            probe_embedding: What the network makes of `arborisk.bundle.probe_array`, shape (d,).
        """
        if probe_embedding.shape != self.weight.shape[1:]:
            return False
        found = self.logits(probe_embedding)
        return bool(np.abs(found - np.array(self.facts["probe_logits"])).max() < PROBE_TOLERANCE)


@lru_cache
def load_gate_heads() -> GateHeads:
    """The heads that come with the package."""
    folder = files("arborisk.prediction.gates")
    arrays = from_safetensors(folder.joinpath(WEIGHTS).read_bytes())
    facts = json.loads(folder.joinpath(FACTS).read_text(encoding="utf-8"))
    return GateHeads(arrays["weight"].astype(np.float32), arrays["bias"].astype(np.float32), facts)


def gate_alarms(embedding: NDArray[np.float32] | None) -> dict[str, float]:
    """Share of photos that each gate would stop; nothing where the heads cannot tell.

    Args:
        embedding: Of the photos by the default network, shape (n, d), or None.
    """
    heads = load_gate_heads()
    if embedding is None or embedding.shape[1] != heads.weight.shape[1]:
        return {}
    logits = embedding @ heads.weight.T + heads.bias
    return {
        gate: float((logits[:, place] < heads.limit(gate)).mean())
        for place, gate in enumerate(GATES)
    }
