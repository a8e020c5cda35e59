"""The picture of a drawn tree: a street scene and the mask of its parts."""

from arborisk.simulate.drawing.compose import draw_photo
from arborisk.simulate.drawing.parts import PART_CODES, DrawnPhoto

__all__ = ["PART_CODES", "DrawnPhoto", "draw_photo"]
