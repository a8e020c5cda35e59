"""From what a model said of trees it had not seen to what may be promised of its next answers.

NumPy only: the same arithmetic runs where a model is made and where it is used. The unit of all
promises is the group (tree, site, near-duplicate cluster): a new photo is taken to come from a new
group that could as well have been one of those held back. Where that breaks (another town, another
camera, another season), no promise here holds.
"""

from arborisk.calibration.attainable import (
    attainable_coverage,
    groups_needed,
    misses_allowed,
)
from arborisk.calibration.maps import CalibrationMap, shift_prior
from arborisk.calibration.misses import MissRule, MissRuleRefused, find_miss_rule
from arborisk.calibration.scores import chance_at_or_above, contiguous_scores
from arborisk.calibration.sets import SetKind, SetRule
from arborisk.calibration.table import CalibrationTable

__all__ = [
    "CalibrationMap",
    "CalibrationTable",
    "MissRule",
    "MissRuleRefused",
    "SetKind",
    "SetRule",
    "attainable_coverage",
    "chance_at_or_above",
    "contiguous_scores",
    "find_miss_rule",
    "groups_needed",
    "misses_allowed",
    "shift_prior",
]
