"""Where a network looks: maps over a photo, by several methods that can check each other.

What each can and cannot say stands in docs/where-it-looks.md.
"""

from arborisk.explanation.attribution.activation import why_not_exact
from arborisk.explanation.attribution.attribute import AttributionMaps, attribute, likeliest
from arborisk.explanation.attribution.layers import LAYERS, MapLayer
from arborisk.explanation.attribution.methods import METHODS, Method, method_of

__all__ = [
    "LAYERS",
    "METHODS",
    "AttributionMaps",
    "MapLayer",
    "Method",
    "attribute",
    "likeliest",
    "method_of",
    "why_not_exact",
]
