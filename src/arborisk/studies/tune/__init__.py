"""Search for settings inside the photos given. Importing it loads no optuna."""

from __future__ import annotations

from arborisk.studies.tune.config import TuneSettings
from arborisk.studies.tune.running import Pace
from arborisk.studies.tune.tuning import Tuned, tune

__all__ = ["Pace", "TuneSettings", "Tuned", "tune"]
