"""Which gates work for a bundle, and what they ask of a photo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as from_safetensors

from arborisk.bundle.load import Bundle
from arborisk.bundle.reference import LIGHT_FACTS, Reference, light_facts
from arborisk.bundle.rules import GateRule
from arborisk.bundle.session import probe_array
from arborisk.prediction.decide import Finding, gate_findings, package_rules
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.percent import percent

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


Fitness = dict[str, float]
"""Measures by name: `arborisk.bundle.reference.LIGHT_FACTS`, ``distance``, and the gates."""
DIGITS = 5


def measure_fitness(
    array: NDArray[np.uint8],
    embedding: NDArray[np.float32],
    *,
    reference: Reference | None,
    heads: GateHeads | None,
) -> Fitness:
    """Measures of one photo.

    Args:
        array: Prepared photo, uint8, shape (size, size, channels).
        embedding: What the network makes of it, shape (d,).
        reference: The training photos, or None: then there is no distance.
        heads: Heads on the default network, or None where they do not fit.
    """
    found = dict(zip(LIGHT_FACTS, light_facts(array), strict=True))
    if reference is not None:
        found["distance"] = float(reference.distance(embedding[None])[0])
    if heads is not None:
        found |= dict(zip(GATES, heads.scores(embedding[None])[0].tolist(), strict=True))
    return {name: round(value, DIGITS) for name, value in found.items()}


FALSE_ALARM = 0.01
"""Share of photos like those of training that a gate may stop wrongly."""
USUAL_ALARMS = 0.05
"""A gate that would stop more of the training photos than this is off: they are meant to be so."""


class Gating:
    """The gates of one bundle.

    Args:
        bundle: The model.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.reference = bundle.reference
        self.rules = bundle.description.rules or package_rules()
        self.heads: GateHeads | None = None
        self.off: dict[str, str] = {}
        self._choose_heads(bundle)
        reference = self.reference
        if reference is None:
            self.off["blur"] = self.off["unlike"] = "the bundle keeps no training photos"
        elif not np.isfinite(reference.limit(FALSE_ALARM)):
            self.off["unlike"] = (
                f"{counted(reference.n_groups, 'group')} of training photos "
                f"{agreeing(reference.n_groups, 'is')} too few to know how much they vary"
            )
        self.limits = {
            rule.number: self._limit(rule) for rule in self.rules.gates if rule.gate not in self.off
        }

    def _limit(self, rule: GateRule) -> float:
        """Where a rule stops a photo, for this bundle."""
        if rule.limit == "heads":
            return load_gate_heads().limit(rule.gate)
        if rule.limit == "training photos" and self.reference is not None:
            if rule.measure == "distance":
                return self.reference.limit(FALSE_ALARM)
            return self.reference.fact_limit(rule.measure, 1 - FALSE_ALARM)
        return float(rule.limit)

    def _choose_heads(self, bundle: Bundle) -> None:
        heads = load_gate_heads()
        probe = bundle.predict(probe_array(bundle.description.preprocess)).embedding[0]
        if not heads.fits(probe):
            self.off |= dict.fromkeys(
                GATES, "they need the embedding of the default model as it comes"
            )
            return
        self.heads = heads
        for gate, alarms in bundle.description.gate_alarms.items():
            if gate in GATES and alarms > USUAL_ALARMS:
                self.off[gate] = f"{percent(alarms)} of the training photos are like that"
        if bundle.description.drawn:
            self.off["photo"] = "the model was trained on drawn trees"

    def measure(self, array: NDArray[np.uint8], embedding: NDArray[np.float32]) -> Fitness:
        """What is measured of one photo, see `measure_fitness`."""
        return measure_fitness(array, embedding, reference=self.reference, heads=self.heads)

    def findings(self, fitness: Mapping[str, float]) -> tuple[Finding, ...]:
        """What the gates say of a photo, of what was measured of it."""
        return gate_findings(fitness, self.limits, self.rules)

    def lines(self) -> list[str]:
        """Which gates are off, and why, and what "unlike" can promise, in sentences."""
        lines = [f"Gate off, {gate}: {why}." for gate, why in sorted(self.off.items())]
        if self.reference is not None and "unlike" not in self.off:
            stated, at_most = self.reference.limit_range(FALSE_ALARM)
            if stated > FALSE_ALARM:
                lines.append(
                    f"Gate unlike: with {counted(self.reference.n_groups, 'group')} of training "
                    f"photos it may stop {percent(stated, 1)} of photos like them on average, and "
                    f"up to {percent(at_most)}."
                )
        return lines
