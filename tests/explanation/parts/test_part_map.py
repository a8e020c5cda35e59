"""Part maps and the grid they lie on."""

import numpy as np
from PIL import Image

from arborisk.explanation.parts.part_map import PART_OF_DRAWN, PARTS, Padding, PartMap, on_grid
from arborisk.simulate.drawing.canvas import PART_CODES


def test_each_value_of_a_drawn_mask_has_a_part():
    codes = np.array([list(PART_CODES.values())], dtype=np.uint8)
    parts = PartMap.from_drawn(codes, np.zeros((1, len(PART_CODES), 3), np.uint8))
    told = [PARTS[place] for place in parts.part[0]]
    assert told == [PART_OF_DRAWN[name] for name in PART_CODES]
    assert (parts.probability.sum(axis=0) == 1).all()
    assert parts.is_part("stem").sum() == 3


def test_the_grid_keeps_the_shape_and_never_enlarges():
    assert on_grid(Image.new("RGB", (1000, 500))).size == (512, 256)
    assert on_grid(Image.new("RGB", (100, 50))).size == (100, 50)


def test_padding_is_cut_off_again():
    picture = np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8)
    padding = Padding.of(50, 70)
    padded = padding.add(picture)
    assert padded.shape == (64, 96, 3)
    back = padding.cut(padded.transpose(2, 0, 1).astype(np.float32))
    assert (back.transpose(1, 2, 0) == picture).all()
