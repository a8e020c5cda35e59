"""Storms over an inventory: fragility, a year of the site's weather, expected failures.

Quasi-static mechanics with everything uncertain that nobody measured. The numbers are those of the
stated assumptions, not of trees that were seen to fail.
"""

from arborisk.risk.storm.analysis import StormAnalysis, StormRequest, analyse_storm
from arborisk.risk.storm.assumptions import Assumptions, load_assumptions
from arborisk.risk.storm.climate import GustClimate, read_climate
from arborisk.risk.storm.curves import FragilityBand, fragility_band
from arborisk.risk.storm.fragility import LognormalFit, fit_lognormal, lognormal_curve
from arborisk.risk.storm.groups import GroupCounts, GroupYears
from arborisk.risk.storm.left_out import Refused
from arborisk.risk.storm.run import StormResult, run_storm
from arborisk.risk.storm.scenario import Storm, one_gust
from arborisk.risk.storm.trees import CheckedTrees, Trees, check_trees
from arborisk.risk.storm.worlds import Draws

__all__ = [
    "Assumptions",
    "CheckedTrees",
    "Draws",
    "FragilityBand",
    "GroupCounts",
    "GroupYears",
    "GustClimate",
    "LognormalFit",
    "Refused",
    "Storm",
    "StormAnalysis",
    "StormRequest",
    "StormResult",
    "Trees",
    "analyse_storm",
    "check_trees",
    "fit_lognormal",
    "fragility_band",
    "load_assumptions",
    "lognormal_curve",
    "one_gust",
    "read_climate",
    "run_storm",
]
