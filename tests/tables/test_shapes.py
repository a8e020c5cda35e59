"""Shapes of layers: any system, and what is no place is named."""

import math

import numpy as np
import pytest

pytest.importorskip("shapely")

from arborisk.errors import TableError
from arborisk.tables.layers import Ground, shapes_of
from arborisk.tables.places import Places
from arborisk.tables.table import Table


def layer(*shapes, system="OGC:CRS84"):
    rows = [()] * len(shapes)
    return Table("l.geojson", (), rows, range(1, len(rows) + 1), "feature", {}, shapes, system)


def line(*corners):
    return {"type": "LineString", "coordinates": [list(corner) for corner in corners]}


GOOD = line((-72.52, 42.37), (-72.51, 42.37))


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (line((-72.52, 42.37), (math.nan, 42.37), (-72.5, 42.3)), "1 of 3 corners that are no"),
        (line((-72.52, 42.37)), "cannot be read"),
        ({"type": "LineString", "coordinates": []}, "is empty"),
        ({"type": "LineString"}, "cannot be read"),
        (b"\x01\x02", "cannot be read"),
        (None, "no shape"),
    ],
)
def test_a_shape_that_is_no_place_is_named_and_spoils_no_other(shape, why):
    found = shapes_of(layer(GOOD, shape))
    assert found.shapes[0] is not None and found.shapes[1] is None
    assert why in found.problems[1]


def test_any_system_becomes_longitude_and_latitude():
    pytest.importorskip("pyproj")
    utm = line((425_000.0, 4_660_000.0), (425_000.0, 4_660_100.0))
    (found,) = shapes_of(layer(utm, system="EPSG:32618")).shapes
    assert found.coords[0] == pytest.approx((-75.906858, 42.088498), abs=1e-6)


def test_a_layer_that_states_no_system_is_refused_unless_it_is_in_degrees():
    assert shapes_of(layer(line((-72.5213, 42.3741), (-72.5199, 42.3742)), system="")).shapes[0]
    with pytest.raises(TableError, match=r"needs its \.prj file"):
        shapes_of(layer(line((425_000.0, 4_660_000.0), (425_000.0, 4_660_100.0)), system=""))


def test_metres_in_a_file_that_says_degrees_are_refused():
    with pytest.raises(TableError, match="longitude and latitude in degrees; found 425000"):
        shapes_of(layer(line((425_000.0, 4_660_000.0), (425_000.0, 4_660_100.0))))


def test_the_ground_of_a_plane_is_its_own_and_that_of_places_is_around_them():
    nowhere = np.array([np.nan])
    plane = Places(nowhere, nowhere, plane=(np.array([5.0]), np.array([7.0])))
    assert Ground.around(plane, "t.csv").of(plane)[0].tolist() == [5.0]
    place = Places(np.array([-72.52, -72.51]), np.array([42.37, 42.37]))
    ground = Ground.around(place, "t.csv")
    east, north = ground.of(place)
    # By hand: 6,387,858 m of radius x 0.73878 a radian of longitude at 42.37 degrees.
    assert np.diff(east) == pytest.approx([823.6], abs=0.2)
    assert ground.back(east, north)[0] == pytest.approx(place.longitude, abs=1e-9)
