"""Layers that cannot belong together are told so, with the reason."""

import numpy as np

from arborisk.tables.layers import do_not_meet
from arborisk.tables.places import Places

NAMES = ("trees", "lines")


def at(*pairs):
    place = np.array(pairs, dtype=float)
    return Places(place[:, 0], place[:, 1])


def test_layers_that_lie_within_a_kilometre_meet():
    trees = at((-72.52, 42.37), (np.nan, np.nan))
    assert do_not_meet(trees, at((-72.53, 42.37), (-72.51, 42.38)), NAMES) == ""
    assert do_not_meet(trees, at((-72.52, 42.378)), NAMES) == ""
    assert do_not_meet(trees, at((np.nan, np.nan)), NAMES) == ""


def test_layers_far_apart_are_named_with_the_distance():
    told = do_not_meet(at((-72.52, 42.37)), at((-72.52, 42.40)), NAMES)
    assert told.startswith("The trees and the lines lie 3.3 km apart: they do not belong together.")


def test_an_exchange_that_would_make_them_meet_is_said():
    told = do_not_meet(at((48.14, 11.57)), at((11.57, 48.14)), NAMES)
    assert "meet once longitude and latitude of the trees are exchanged" in told


def test_the_date_line_does_not_part_layers():
    assert do_not_meet(at((179.999, -17.0)), at((-179.999, -17.0)), NAMES) == ""


def test_a_plane_of_its_own_and_earth_do_not_meet():
    nowhere = np.array([np.nan])
    plane = Places(nowhere, nowhere, plane=(np.array([5.0]), np.array([7.0])))
    assert "The trees are in metres of a plane" in do_not_meet(plane, at((1.0, 2.0)), NAMES)
    far = Places(nowhere, nowhere, plane=(np.array([5000.0]), np.array([7.0])))
    assert "5.0 km apart" in do_not_meet(plane, far, NAMES)
    assert do_not_meet(plane, plane, NAMES) == ""
