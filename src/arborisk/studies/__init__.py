"""The joiners: data, split, model and evaluation become a run folder with its report."""

from arborisk.studies.settings import RunSettings, load_settings, nested
from arborisk.studies.train import Run, train

__all__ = ["Run", "RunSettings", "load_settings", "nested", "train"]
