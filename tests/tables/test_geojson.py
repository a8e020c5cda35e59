import json

import pytest

from arborisk.errors import TableError
from arborisk.tables.read import read_table


def _collection(features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


def _feature(properties, geometry):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


POINT = {"type": "Point", "coordinates": [-73.6, 41.2]}


def test_properties_keep_their_types_and_geometry_its_shape(write):
    first = _feature({"tree": 1, "tall": True, "dbh": 24.5, "nested": {"a": [1]}}, POINT)
    text = _collection([first, _feature({"tree": " Oak ", "late": ""}, None)])
    table = read_table(write(text, name="t.geojson"))
    assert table.headers == ("tree", "tall", "dbh", "nested", "late")
    assert table.rows == [
        (1, True, 24.5, {"a": [1]}, None),
        ("Oak", None, None, None, None),
    ]
    assert table.shapes == [POINT, None]
    assert (table.system, table.name(1)) == ("OGC:CRS84", "feature 2")


@pytest.mark.parametrize(
    "features",
    [
        [_feature({"a": 1}, POINT), {"type": "Feature", "geometry": POINT}],
        [_feature({"a": 1}, POINT), _feature({}, {"type": "Point", "coordinates": [None, None]})],
        [_feature({"a": 1}, POINT), _feature({}, {"type": "Point", "coordinates": []})],
    ],
)
def test_a_feature_without_properties_or_place_is_a_row(write, features):
    table = read_table(write(_collection(features), name="t.geojson"))
    assert len(table) == 2
    assert not table.problems


def test_a_null_feature_is_a_row_with_its_reason(write):
    table = read_table(write(_collection([_feature({"a": 1}, POINT), None, 7]), name="t.geojson"))
    assert table.problems == {1: "null instead of a feature", 2: "no feature"}
    assert table.rows == [(1,), (None,), (None,)]


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("urn:ogc:def:crs:EPSG::2261", "urn:ogc:def:crs:EPSG::2261"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"),
        ("EPSG:4326", "OGC:CRS84"),
        (None, "OGC:CRS84"),
    ],
)
def test_an_older_file_may_name_its_system(write, name, system):
    crs = {"type": "name", "properties": {"name": name}}
    text = _collection([_feature({}, POINT)], crs=crs)
    assert read_table(write(text, name="t.geojson")).system == system


@pytest.mark.parametrize(
    "content",
    [
        POINT,
        _feature({}, POINT),
        {"type": "GeometryCollection", "geometries": [POINT]},
        [_feature({}, POINT)],
        [{"the_geom": POINT}],
    ],
    ids=["geometry", "feature", "geometry collection", "list of features", "records"],
)
def test_bare_shapes_features_and_records_are_read(write, content):
    table = read_table(write(json.dumps(content), name="t.json"))
    assert table.shapes == [POINT]


def test_lines_of_json_are_rows_and_a_bad_line_is_named(write):
    text = '{"tree": 1, "ok": true}\n{"tree": \n\n[1]\n{"tree": 2}\n'
    table = read_table(write(text, name="t.jsonl"))
    assert table.rows == [(1, True), (None, None), (None, None), (2, None)]
    assert sorted(table.problems) == [1, 2]
    assert table.shapes is None


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("[" * 100_000, "lists within lists"),
        ("[" + "1" * 5000 + "]", "4300 digits"),
        ("{", "Expecting"),
        ('{"type": "FeatureCollection"}', "'FeatureCollection'"),
        ("7", "something else"),
        ('{"type": "FeatureCollection", "features": []}', "none"),
        ('{"type": ["Point"], "features": 3}', "Point"),
    ],
)
def test_what_is_no_geojson_is_refused_in_a_sentence(write, content, found):
    with pytest.raises(TableError, match=found):
        read_table(write(content, name="t.geojson"))


def test_nan_in_a_place_is_kept_to_be_named(write):
    text = _collection([_feature({"a": 1}, POINT)]).replace("-73.6", "NaN")
    shape = read_table(write(text, name="t.geojson")).shapes[0]
    assert shape["coordinates"][0] != shape["coordinates"][0]


def test_a_million_properties_are_refused(write):
    many = {f"p{number}": 1 for number in range(3000)}
    with pytest.raises(TableError, match="2,000 columns"):
        read_table(write(_collection([_feature(many, POINT)]), name="t.geojson"))


def test_features_of_a_server_of_esri_are_read(write):
    outer, hole = [[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]
    content = {
        "spatialReference": {"wkid": 102100, "latestWkid": 3857},
        "exceededTransferLimit": True,
        "features": [
            {"attributes": {"OBJECTID": 7}, "geometry": {"x": -73.5, "y": 42.0}},
            {"attributes": {"OBJECTID": 8}, "geometry": {"rings": [outer, hole, outer]}},
            None,
        ],
    }
    table = read_table(write(json.dumps(content), name="t.json"))
    assert (table.rows, table.system) == ([(7,), (8,), (None,)], "EPSG:3857")
    assert table.shapes[0] == {"type": "Point", "coordinates": [-73.5, 42.0]}
    assert table.shapes[1]["coordinates"] == [[outer, hole], [outer]]
    assert list(table.problems) == [2]
    assert "a part of the layer only" in table.notes[0]


def test_nan_and_half_characters_are_no_values(write):
    table = read_table(write('[{"a": NaN, "b": "x\\ud800", "c": 1}]', name="t.json"))
    assert table.rows == [(None, "x?", 1)]
