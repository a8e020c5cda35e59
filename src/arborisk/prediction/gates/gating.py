"""Which gates work for a bundle, and what they ask of a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.check import probe_array
from arborisk.bundle.load import Bundle
from arborisk.prediction.gates.fitness import Fitness, measure_fitness
from arborisk.prediction.gates.heads import GateHeads, load_gate_heads
from arborisk.prediction.referral import Finding
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.percent import percent

FALSE_ALARM = 0.01
"""Share of photos like those of training that a gate may stop wrongly."""
DARKEST_BRIGHT = 70.0
"""A photo whose brightest twentieth is below this (of 255) is too dark: chosen by hand; of 498 park
photos none is, of the same at a quarter of the light all are (benchmarks/gates.py)."""
BRIGHTEST_MIDDLE = 240.0
"""A photo half of which is above this is burnt out: chosen by hand likewise."""
USUAL_ALARMS = 0.05
"""A gate that would stop more of the training photos than this is off: they are meant to be so."""


@dataclass(frozen=True, slots=True)
class _HeadGate:
    """A gate on what the photo shows."""

    action: str
    sentence: str


HEAD_GATES = {
    "tree": _HeadGate("not_a_tree", "no tree was recognised in the photo"),
    "photo": _HeadGate("retake", "this looks like a drawing or a screenshot, not a photo"),
    "whole": _HeadGate("retake", "only a part of a tree is seen: step back until all of it is"),
    "leaf": _HeadGate("note", "out of leaf: dead wood can hardly be told from bare twigs"),
}


class Gating:
    """The gates of one bundle.

    Args:
        bundle: The model.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.reference = bundle.reference
        self.heads: GateHeads | None = None
        self.off: dict[str, str] = {}
        self._choose_heads(bundle)
        reference = self.reference
        self.blur_limit = self.distance_limit = float("inf")
        if reference is None:
            self.off["blur"] = self.off["unlike"] = "the bundle keeps no training photos"
        else:
            self.blur_limit = reference.fact_limit("blur", 1 - FALSE_ALARM)
            self.distance_limit = reference.limit(FALSE_ALARM)
            if not np.isfinite(self.distance_limit):
                self.off["unlike"] = (
                    f"{counted(reference.n_groups, 'group')} of training photos "
                    f"{agreeing(reference.n_groups, 'is')} too few to know how much they vary"
                )

    def _choose_heads(self, bundle: Bundle) -> None:
        heads = load_gate_heads()
        probe = bundle.predict(probe_array(bundle.description.preprocess)).embedding[0]
        if not heads.fits(probe):
            self.off |= dict.fromkeys(
                HEAD_GATES, "they need the embedding of the default model as it comes"
            )
            return
        self.heads = heads
        for gate, alarms in bundle.description.gate_alarms.items():
            if gate in HEAD_GATES and alarms > USUAL_ALARMS:
                self.off[gate] = f"{percent(alarms)} of the training photos are like that"
        if bundle.description.drawn:
            self.off["photo"] = "the model was trained on drawn trees"

    def measure(self, array: NDArray[np.uint8], embedding: NDArray[np.float32]) -> Fitness:
        """What is measured of one photo, see `measure_fitness`."""
        return measure_fitness(array, embedding, reference=self.reference, heads=self.heads)

    def findings(self, fitness: Mapping[str, float]) -> tuple[Finding, ...]:
        """What the gates say of a photo, of what was measured of it."""
        found = []
        for gate, what in HEAD_GATES.items():
            if self.heads and gate not in self.off and fitness[gate] < self.heads.limit(gate):
                found.append(Finding(gate, what.action, what.sentence))  # type: ignore[arg-type]
        if self.reference is not None and fitness["distance"] > self.distance_limit:
            found.append(
                Finding("unlike", "level_2", "the photo is unlike those that the model learnt from")
            )
        if fitness["blur"] > self.blur_limit:
            found.append(Finding("blur", "retake", "the photo is blurred or shows no detail"))
        if fitness["bright"] < DARKEST_BRIGHT:
            found.append(Finding("exposure", "retake", "the photo is too dark"))
        if fitness["middle"] > BRIGHTEST_MIDDLE:
            found.append(Finding("exposure", "retake", "the photo is burnt out"))
        return tuple(found)

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
