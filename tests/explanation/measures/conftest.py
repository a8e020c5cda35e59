"""Trees made by hand: every measure of them is known."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from arborisk.explanation.parts.part_map import PARTS, PartMap

COLOURS = {
    "sky": (170, 200, 235),
    "crown": (60, 100, 50),
    "bare_wood": (150, 130, 110),
    "stem": (100, 80, 60),
    "ground": (110, 130, 70),
    "built": (200, 190, 170),
    "other_trees": (80, 110, 90),
}


@dataclass(frozen=True)
class Made:
    """A leaning stem with an elliptical crown, on a grid of 300 x 400 pixels.

    The foot stands at row 360 and the stem is `stem_px` wide across its line.
    """

    lean_deg: float = 0.0
    stem_px: float = 12.0
    crown_across: float = 150.0
    crown_row: float = 170.0
    half_width: float = 75.0
    half_height: float = 90.0
    holes: float = 0.0
    dead_above: float = 0.0
    foot_across: float = 149.5
    hilly: bool = False
    crown: bool = True
    stem: bool = True
    wire: bool = False
    blocks: tuple[tuple[str, int, int, int, int], ...] = field(default=())

    def part_map(self) -> PartMap:
        """The parts, certain, and a flat picture of them."""
        down, across = np.mgrid[:400, :300].astype(float)
        edge = 320.0 + (12.0 * np.sin(across / 17.0) if self.hilly else 0.0)
        part = np.where(down > edge, PARTS.index("ground"), PARTS.index("sky"))
        for name, top, bottom, left, right in self.blocks:
            part[top:bottom, left:right] = PARTS.index(name)
        lean = np.radians(self.lean_deg)
        middle = self.foot_across + (360.0 - down) * np.tan(lean)
        stem = (np.abs(across - middle) < 0.5 * self.stem_px / np.cos(lean)) & (down <= 360)
        if self.stem:
            part[stem & (down > self.crown_row)] = PARTS.index("stem")
        inside = ((across - self.crown_across) / self.half_width) ** 2
        inside += ((down - self.crown_row) / self.half_height) ** 2
        whole = inside < 1.0
        # Holes of 4 x 4 pixels on a lattice whose step gives the share wanted.
        step = 4.0 / np.sqrt(self.holes) if self.holes else np.inf
        open_sky = (down % step < 4.0) & (across % step < 4.0) & (inside < 0.85)
        top = self.crown_row - self.half_height
        dead = whole & (down < top + self.dead_above * 2.0 * self.half_height)
        if self.crown:
            part[whole & ~dead & ~open_sky] = PARTS.index("crown")
            part[dead & ((down + across) % 8 < 2.0)] = PARTS.index("bare_wood")
        probability = (part == np.arange(len(PARTS))[:, None, None]).astype(np.float32)
        picture = np.array([COLOURS[name] for name in PARTS], dtype=np.uint8)[part]
        if self.wire:
            line = (np.abs(down - 60.0 - 0.1 * across) < 0.8) & (part == PARTS.index("sky"))
            picture[line] = (40, 40, 45)
        return PartMap(probability, picture)


@pytest.fixture(scope="session")
def made():
    """Makes a map of parts by hand: `made(lean_deg=8)`, see `Made`."""
    return lambda **changes: Made(**changes).part_map()
