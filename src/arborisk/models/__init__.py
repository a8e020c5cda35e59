"""Networks by name: Model 1 of the deck, and a frozen ImageNet backbone with a linear head.

Importing this package is light; torch is loaded when a network is built.
"""

from arborisk.models.packaged_weights import FROM_SCRATCH, IMAGENET
from arborisk.models.settings import Model1Settings
from arborisk.models.shapes import LayerShape, model1_shapes
from arborisk.models.table import (
    DEFAULT_MODEL,
    MODELS,
    ModelEntry,
    build,
    model_entry,
    weights_identity,
)

__all__ = [
    "DEFAULT_MODEL",
    "FROM_SCRATCH",
    "IMAGENET",
    "MODELS",
    "LayerShape",
    "Model1Settings",
    "ModelEntry",
    "build",
    "model1_shapes",
    "model_entry",
    "weights_identity",
]
