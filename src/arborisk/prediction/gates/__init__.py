"""Is this photo fit to be judged? Gates on light, sharpness, content and likeness to training."""

from arborisk.prediction.gates.fitness import Fitness, measure_fitness
from arborisk.prediction.gates.gating import Gating
from arborisk.prediction.gates.heads import GateHeads, gate_alarms, load_gate_heads

__all__ = ["Fitness", "GateHeads", "Gating", "gate_alarms", "load_gate_heads", "measure_fitness"]
