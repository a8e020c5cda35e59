"""Wind load, stem and root strength, decayed sections and critical gusts: pure functions, SI units.

Everything takes and gives NumPy arrays that broadcast. The formulas come from forest models
(ForestGALES, HWIND); trees grown in the open are outside their calibration.
"""

from arborisk.mechanics.critical import (
    critical_canopy_wind,
    critical_wind,
    turning_moment_coefficient,
    wind_moment,
)
from arborisk.mechanics.gust_climate import (
    gumbel_exceedance,
    gumbel_through,
    squared_gumbel_exceedance,
    weibull_year_exceedance,
)
from arborisk.mechanics.resistance import (
    GRAVITY_M_S2,
    bending_stress,
    breaking_moment,
    gravity_moment,
    overturning_moment,
    stem_mass,
)
from arborisk.mechanics.section import (
    coder_loss,
    concentric_strength_ratio,
    smiley_fraedrich_loss,
    strength_ratio,
    wagener_loss,
)
from arborisk.mechanics.standing_tree import (
    CriticalGusts,
    StandingTree,
    Withstood,
    critical_gusts,
    safety_factor,
    withstood,
)
from arborisk.mechanics.wind import (
    AIR_DENSITY_KG_M3,
    Floats,
    Streamlining,
    Values,
    drag_force,
    gumbel_gust,
    log_profile_ratio,
)

__all__ = [
    "AIR_DENSITY_KG_M3",
    "GRAVITY_M_S2",
    "CriticalGusts",
    "Floats",
    "StandingTree",
    "Streamlining",
    "Values",
    "Withstood",
    "bending_stress",
    "breaking_moment",
    "coder_loss",
    "concentric_strength_ratio",
    "critical_canopy_wind",
    "critical_gusts",
    "critical_wind",
    "drag_force",
    "gravity_moment",
    "gumbel_exceedance",
    "gumbel_gust",
    "gumbel_through",
    "log_profile_ratio",
    "overturning_moment",
    "safety_factor",
    "smiley_fraedrich_loss",
    "squared_gumbel_exceedance",
    "stem_mass",
    "strength_ratio",
    "turning_moment_coefficient",
    "wagener_loss",
    "weibull_year_exceedance",
    "wind_moment",
    "withstood",
]
