"""Windows lie inside the photo and frame what a place looks at."""

import numpy as np

from arborisk.explanation.inside.records import cut, window_at


def test_a_window_as_wide_as_the_field_has_no_frame():
    window = window_at(50.0, 50.0, shown_px=40, framed_px=40, size_px=100)
    assert (window.left, window.top, window.side, window.framed) == (30, 30, 40, None)


def test_a_window_at_the_corner_is_moved_inside_and_its_frame_is_cut():
    window = window_at(98.0, 2.0, shown_px=40, framed_px=10, size_px=100)
    assert (window.left, window.top) == (0, 60)
    assert window.framed == (0.0, 33.0, 7.0, 40.0)


def test_a_cut_is_a_copy_of_the_window():
    array = np.arange(100 * 100 * 1, dtype=np.uint32).astype(np.uint8).reshape(100, 100, 1)
    window = window_at(50.0, 60.0, shown_px=32, framed_px=32, size_px=100)
    part = cut(array, window)
    assert np.array_equal(part, array[34:66, 44:76])
    part[:] = 0
    assert array[40, 50, 0] != 0
