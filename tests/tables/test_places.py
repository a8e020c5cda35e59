"""Places: any shape, any system, named where they cannot be right."""

import math
import struct

import numpy as np
import pytest

from arborisk.errors import MissingDependencyError, TableError
from arborisk.tables.places import places_of
from arborisk.tables.table import Table

SQUARE = [[0.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0]]


def shapes(*geometries, system="OGC:CRS84", problems=None):
    rows = [()] * len(geometries)
    numbers = range(1, len(rows) + 1)
    return Table("t.geojson", (), rows, numbers, "feature", problems or {}, geometries, system)


def columns(headers, *rows):
    return Table("t.csv", headers, rows, range(2, len(rows) + 2))


def point(*coordinates):
    return {"type": "Point", "coordinates": list(coordinates)}


def pairs(places):
    return [
        None if math.isnan(one) else (round(one, 6), round(other, 6))
        for one, other in zip(places.longitude, places.latitude, strict=True)
    ]


@pytest.mark.parametrize(
    ("shape", "middle"),
    [
        (point(3.0, 4.0, 99.0), (3.0, 4.0)),
        ({"type": "MultiPoint", "coordinates": [[1.0, 2.0], [3.0, 4.0]]}, (2.0, 3.0)),
        ({"type": "LineString", "coordinates": [[0.0, 0.0], [4.0, 0.0], [4.0, 0.0]]}, (2.0, 0.0)),
        ({"type": "LineString", "coordinates": [[1.0, 1.0], [1.0, 1.0]]}, (1.0, 1.0)),
        ({"type": "Polygon", "coordinates": [SQUARE]}, (1.0, 1.0)),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, (1.0, 1.0)),
        ({"type": "GeometryCollection", "geometries": [point(1.0, 2.0), None]}, (1.0, 2.0)),
        (struct.pack("<BIdd", 1, 1, 3.0, 4.0), (3.0, 4.0)),
        (struct.pack(">BIddd", 0, 1001, 3.0, 4.0, 5.0), (3.0, 4.0)),
    ],
)
def test_every_shape_gives_a_point(shape, middle):
    places = places_of(shapes(shape))
    assert pairs(places) == [middle]
    assert not places.problems


def test_other_shapes_than_points_are_said_once_with_their_number():
    area = {"type": "Polygon", "coordinates": [SQUARE]}
    places = places_of(shapes(point(1.0, 1.0), area, area))
    assert places.notes == ("2 features have the shape Polygon: the middle is taken as the place.",)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (point(), "empty"),
        (point(1.0), "no readable coordinates"),
        (point(None, None), "no readable coordinates"),
        (point("1", "2"), "no readable coordinates"),
        (point(math.nan, 42.0), "not finite"),
        (point(math.inf, 42.0), "not finite"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Blob", "coordinates": [1]}, "no readable coordinates"),
        (struct.pack("<BIdd", 1, 1, math.nan, math.nan), "empty"),
        (struct.pack("<BIdd", 1, 1, math.inf, 1.0), "not finite"),
    ],
)
def test_a_shape_without_a_place_is_a_named_row(shape, why):
    places = places_of(shapes(point(1.0, 2.0), shape, None))
    assert pairs(places) == [(1.0, 2.0), None, None]
    assert list(places.problems) == [1]
    assert why in places.problems[1]


@pytest.mark.parametrize(
    ("system", "east", "north"),
    [
        ("EPSG:4326", -75.906858083634617, 42.088498137806951),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", -75.906858083634617, 42.088498137806951),
        ("EPSG:32618", 425000.0, 4660000.0),
        ("EPSG:3857", -8449912.789587486535311, 5174245.268035716377199),
        ("urn:ogc:def:crs:EPSG::2261", 1003821.48730704607442, 761627.946306469268166),
    ],
)
def test_one_place_in_five_systems(system, east, north):
    pytest.importorskip("pyproj")
    for places in (
        places_of(shapes(point(east, north), system=system)),
        places_of(columns(("X", "Y"), (str(east), str(north))), 0, 1, system=system),
    ):
        assert pairs(places) == [(-75.906858, 42.088498)]
    assert ("2261" in places.system) == ("2261" in system)


def test_a_system_that_the_coordinates_cannot_be_in_is_refused():
    pytest.importorskip("pyproj")
    in_feet = columns(("x", "y"), ("1003821", "761628"))
    with pytest.raises(TableError, match="Check the unit") as caught:
        places_of(in_feet, 0, 1, system="EPSG:32618")
    assert "--places EPSG" in caught.value.remedy
    for system in ("EPSG:999999", "nonsense"):
        with pytest.raises(TableError, match="a coordinate system such as"):
            places_of(in_feet, 0, 1, system=system)


def test_another_system_without_its_package_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyproj", None)
    assert pairs(places_of(shapes(point(1.0, 2.0)))) == [(1.0, 2.0)]
    with pytest.raises(MissingDependencyError, match="geo"):
        places_of(shapes(point(1.0, 2.0), system="EPSG:25832"))


def test_columns_are_longitude_and_latitude_by_header_or_by_their_digits():
    named = places_of(columns(("Lng", "Lat"), ("8.5", "47.5")), 0, 1)
    assert pairs(named) == [(8.5, 47.5)]
    fine = places_of(columns(("X", "Y"), ("-73.98212", "40.71234")), 0, 1)
    assert pairs(fine) == [(-73.98212, 40.71234)]


def test_coordinates_of_no_stated_system_are_left_alone_and_said():
    for pair in (("985000", "203000"), ("12.5", "40.5")):
        places = places_of(columns(("X", "Y"), pair), 0, 1)
        assert pairs(places) == [None]
        assert "X, Y are left alone" in places.notes[0]
        assert "--places EPSG:2261" in places.notes[0]


def test_metres_of_a_plane_of_their_own():
    places = places_of(columns(("x_m", "y_m"), ("12.5", "40"), ("", "")), 0, 1)
    assert places.plane[0][0] == 12.5
    assert places.known.tolist() == [True, False]
    assert pairs(places) == [None, None]


def test_cells_that_cannot_be_read_and_half_places_are_named():
    rows = (("8.5", "47.5"), ("east", "47.5"), ("8.5", ""), ("", ""), ("8,5", "47,5"))
    places = places_of(columns(("lon", "lat"), *rows), 0, 1)
    assert pairs(places) == [(8.5, 47.5), None, None, None, (8.5, 47.5)]
    assert places.problems == {
        1: "lon: 'east', which is no number",
        2: "lon without lat is no place",
    }


@pytest.mark.parametrize(
    "cell",
    [
        *("48.85, 2.35", "(48.85, 2.35)", "48.85 2.35", "POINT (2.35 48.85)"),
        *("SRID=4326;POINT Z (2.35 48.85 30)", '{"type": "Point", "coordinates": [2.35, 48.85]}'),
        *({"type": "Point", "coordinates": [2.35, 48.85]}, {"lon": 2.35, "lat": 48.85}),
    ],
)
def test_a_place_in_one_cell(cell):
    assert pairs(places_of(columns(("place",), (cell,)), 0)) == [(2.35, 48.85)]


def test_pairs_whose_first_number_is_no_latitude_begin_with_the_longitude():
    places = places_of(columns(("place",), ("-122.4, 37.7",), ("n/a",), ("here",)), 0)
    assert pairs(places) == [(-122.4, 37.7), None, None]
    assert list(places.problems) == [2]


def city(*extra):
    block = [point(-72.52 + step / 1000, 42.37) for step in range(8)]
    return shapes(*block, *extra)


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (point(0.0, 0.0), "stands for a missing place"),
        (point(42.37, -72.52), "seem to be exchanged"),
        (point(-172.52, 142.37), "is not on Earth"),
        (point(-71.0, 52.37), "1,118 km from the middle of the others"),
    ],
)
def test_one_outlier_is_a_named_row_and_the_rest_stand(odd, why):
    places = places_of(city(odd))
    assert list(places.problems) == [8]
    assert why in places.problems[8]
    assert np.isfinite(places.longitude).sum() == 8


def test_two_towns_are_no_outliers():
    other = [point(-71.0 + step / 1000, 47.37) for step in range(4)]
    assert not places_of(city(*other)).problems


def test_a_table_with_longitude_and_latitude_exchanged_is_refused():
    table = columns(("longitude", "latitude"), ("42.37", "-72.52"), ("42.37", "-72.51"))
    with pytest.raises(TableError, match="they seem to be exchanged") as caught:
        places_of(table, 0, 1)
    assert "--column latitude=HEADER --column longitude=HEADER" in caught.value.remedy


def test_rows_refused_already_are_not_named_twice():
    table = shapes(point(1.0, 2.0), point(), problems={1: "null instead of a feature"})
    assert not places_of(table).problems
    assert pairs(places_of(columns(("a",), ("1",)))) == [None]
