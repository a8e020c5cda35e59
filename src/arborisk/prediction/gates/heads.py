"""Small heads on the default network's embedding that tell what a photo shows.

Trained by ``benchmarks/gates.py`` on park trees; see NOTICE and docs/gates.md. The committed
weights work without the photos. They read what EfficientNet-Lite2 sees of the whole photo, which
stands in the embedding of the default model and in that of the pair that was the default before.
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
LITE2_FROM = {"efficientnet_depths": 0, "efficientnet_pair": 1392}
"""Where the last and the middle map of Lite2 begin in an embedding (`arborisk.models.table`)."""
WIDTHS = {1568: "efficientnet_depths", 2792: "efficientnet_pair"}
"""Length of an embedding to the model that it may come from; the probe shows whether it does."""


@dataclass(frozen=True, slots=True)
class GateHeads:
    """Linear heads, and how far photos of trees lie from their own leading directions.

    A thing that the network knows well, a car or a boat, excites numbers that no photo of a tree
    does. A linear head that has not learnt from such things may miss them; what is left of the
    photo beside the directions in which photos of trees vary does not (benchmarks/gates.py).

    Attributes:
        weight: Shape (4, d), in the order of `GATES`.
        bias: Shape (4,).
        mean: Of photos of trees, shape (d,).
        scale: Their standard deviations, shape (d,).
        directions: Leading directions of the standardised photos, orthonormal, shape (r, d).
        facts: What they were trained on, limits and measured error rates; see docs/gates.md.

    Source: Jackson and Mudholkar (1979), Technometrics 21: the residual of a principal component
    model, there called Q.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    directions: NDArray[np.float32]
    facts: dict[str, Any]

    def scores(self, embedding: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-odds of each gate's question, shape (n, 4), of embeddings, shape (n, width).

        From that of "tree" the residual is taken away, so many log-odds a unit that both spread
        alike over photos of trees.

        Args:
            embedding: Whole embeddings of one of `WIDTHS`.
        """
        own = self._own(embedding)
        found = np.asarray(own @ self.weight.T + self.bias, dtype=np.float64)
        found[:, GATES.index("tree")] -= self.facts["per_residual"] * self.residual(own)
        return found

    def residual(self, own: NDArray[np.float32]) -> NDArray[np.float64]:
        """What is left beside the directions of trees, shape (n,), of shape (n, d)."""
        standard = (own - self.mean) / self.scale
        left = standard - standard @ self.directions.T @ self.directions
        return np.asarray(np.linalg.norm(left, axis=1), dtype=np.float64)

    def limit(self, gate: str) -> float:
        """Score below which the answer to the gate's question is no."""
        return float(self.facts["gates"][gate]["limit"])

    def fits(self, probe_embedding: NDArray[np.float32]) -> bool:
        """Whether a network is one that the heads were trained on.

        Args:
            probe_embedding: Of `arborisk.bundle.probe_array`, shape (width,).
        """
        if len(probe_embedding) not in WIDTHS:
            return False
        found = self._own(probe_embedding[None]) @ self.weight.T + self.bias
        return bool(np.abs(found[0] - np.array(self.facts["probe_logits"])).max() < PROBE_TOLERANCE)

    def _own(self, embedding: NDArray[np.float32]) -> NDArray[np.float32]:
        """The numbers that the heads read, shape (n, d)."""
        start = LITE2_FROM[WIDTHS[embedding.shape[1]]]
        return embedding[:, start : start + self.weight.shape[1]]


@lru_cache
def load_gate_heads() -> GateHeads:
    """The heads that come with the package."""
    folder = files("arborisk.prediction.gates")
    arrays = from_safetensors(folder.joinpath(WEIGHTS).read_bytes())
    facts = json.loads(folder.joinpath(FACTS).read_text(encoding="utf-8"))
    return GateHeads(**{name: arrays[name].astype(np.float32) for name in arrays}, facts=facts)


def gate_alarms(embedding: NDArray[np.float32] | None) -> dict[str, float]:
    """Share of photos that each gate would stop; nothing where the heads cannot tell.

    Args:
        embedding: Of the photos by the default network, shape (n, width), or None.
    """
    heads = load_gate_heads()
    if embedding is None or embedding.shape[1] not in WIDTHS:
        return {}
    scores = heads.scores(embedding)
    return {
        gate: float((scores[:, place] < heads.limit(gate)).mean())
        for place, gate in enumerate(GATES)
    }
