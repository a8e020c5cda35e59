"""Fitting: a whole network by gradient descent, or a linear head on frozen embeddings.

Importing this package is light; torch is loaded when a fit begins.
"""

from arborisk.models.settings import Model1Settings
from arborisk.training.head import Head, fit_head
from arborisk.training.network import fit_network
from arborisk.training.records import EpochRow, FittedNetwork, OnEpoch
from arborisk.training.settings import HeadSettings, TrainingSettings

__all__ = [
    "EpochRow",
    "FittedNetwork",
    "Head",
    "HeadSettings",
    "Model1Settings",
    "OnEpoch",
    "TrainingSettings",
    "fit_head",
    "fit_network",
]
