"""Where a failing tree may fall: lines, roads and buildings within its reach.

Near wires: treat as energised; keep clear; qualified line-clearance arborist only.
"""

from arborisk.risk.strike.analysis import StrikeAnalysis, StrikeRequest, analyse_strike
from arborisk.risk.strike.by_target import TargetStrikes, strikes_by_target
from arborisk.risk.strike.directions import (
    FallDirections,
    directions_of,
    toward,
    uniform_directions,
)
from arborisk.risk.strike.geometry import energy_share, line_strike_chance, reach_m
from arborisk.risk.strike.run import Chance, StrikeResult, run_strike
from arborisk.risk.strike.targets import Target, Targets, make_targets
from arborisk.risk.strike.trees import StrikeTrees, check_strike_trees
from arborisk.risk.strike.utility import UtilityConsequences, read_consequences

__all__ = [
    "Chance",
    "FallDirections",
    "StrikeAnalysis",
    "StrikeRequest",
    "StrikeResult",
    "StrikeTrees",
    "Target",
    "TargetStrikes",
    "Targets",
    "UtilityConsequences",
    "analyse_strike",
    "check_strike_trees",
    "directions_of",
    "energy_share",
    "line_strike_chance",
    "make_targets",
    "reach_m",
    "read_consequences",
    "run_strike",
    "strikes_by_target",
    "toward",
    "uniform_directions",
]
