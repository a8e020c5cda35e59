import sqlite3
import struct
import zipfile
from contextlib import closing

import numpy as np
import pytest

from arborisk.errors import TableError
from arborisk.tables.read import read_table

pyogrio = pytest.importorskip("pyogrio")


def _point(x, y):
    return struct.pack("<BIdd", 1, 1, x, y)


def _save(path, *, layer=None, crs="EPSG:2261", append=False, **options):
    """Two trees with values of several kinds, in feet."""
    columns = {
        "tree": np.array(["Oak 7", " Elm "], dtype=object),
        "height": np.array([18.5, np.nan]),
        "number": np.array([4, 5], dtype=np.int32),
    }
    pyogrio.raw.write(
        path,
        geometry=np.array([_point(1.0, 2.0), _point(3.0, 4.0)], dtype=object),
        field_data=list(columns.values()),
        fields=list(columns),
        geometry_type="Point",
        crs=crs,
        layer=layer,
        append=append,
        **options,
    )
    return path


@pytest.mark.parametrize(
    "name", ["t.gpkg", "t.fgb", "t.shp", "t #2 100%?.gpkg", "t:a!b.gpkg", "a!.shp"]
)
def test_values_shapes_and_system_of_every_format_are_read(tmp_path, name):
    index = {"SPATIAL_INDEX": "NO"} if name.endswith("fgb") else {}  # which changes their order
    _save(tmp_path / f"t.{name.rpartition('.')[2]}", **index)
    for part in tmp_path.glob("t.*"):
        part.rename(tmp_path / f"{name.rpartition('.')[0]}{part.suffix}")
    table = read_table(tmp_path / name)
    assert table.headers == ("tree", "height", "number")
    assert [tuple(row) for row in table.rows] == [("Oak 7", 18.5, 4), ("Elm", None, 5)]
    assert [struct.unpack("<BIdd", shape)[2:] for shape in table.shapes] == [(1, 2), (3, 4)]
    assert "2261" in table.system
    assert table.where(1) == f"{name}, feature 2"


def test_a_zipped_shapefile_is_read(tmp_path):
    shape = _save(tmp_path / "trees.shp")
    with zipfile.ZipFile(tmp_path / "trees.zip", "w") as packed:
        for part in tmp_path.glob("trees.*"):
            if part.suffix != ".zip":
                packed.write(part, part.name)
    assert len(read_table(tmp_path / "trees.zip")) == len(read_table(shape)) == 2


def test_one_of_several_layers_is_named_behind_a_colon(tmp_path):
    path = _save(tmp_path / "t.gpkg", layer="street")
    _save(path, layer="park", append=True)
    with pytest.raises(TableError, match=r"street, park.*t.gpkg:street"):
        read_table(path)
    assert read_table(f"{path}:park").source == "t.gpkg:park"
    with pytest.raises(TableError, match="a layer named 'garden'"):
        read_table(path, layer="garden")


def test_whole_numbers_and_truth_values_stay_so_beside_missing_ones(tmp_path):
    columns = {"number": np.array([4, 5], dtype=np.int32), "fell": np.array([True, False])}
    pyogrio.raw.write(
        tmp_path / "t.gpkg",
        geometry=np.array([_point(1.0, 2.0), None], dtype=object),
        field_data=list(columns.values()),
        fields=list(columns),
        field_mask=[np.array([True, False]), np.array([False, True])],
        geometry_type="Point",
        crs="EPSG:4326",
    )
    table = read_table(tmp_path / "t.gpkg")
    assert table.rows == [(None, True), (5, None)]
    assert isinstance(table.rows[1][0], int)
    assert table.shapes[1] is None


@pytest.mark.parametrize(
    "view",
    [
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT x AS fid, NULL AS geom FROM n",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT x AS fid, NULL AS geom FROM n WHERE x < 0",
    ],
    ids=["rows without an end", "work without an end"],
)
def test_a_view_without_an_end_is_refused(tmp_path, monkeypatch, view):
    from arborisk.tables import map_files, table

    monkeypatch.setattr(map_files, "MOST_ROWS", 1000)
    monkeypatch.setattr(table, "MOST_ROWS", 1000)
    monkeypatch.setattr(map_files, "_MOST_CALLS", 20)
    path = _save(tmp_path / "t.gpkg", layer="t")
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW v AS {view}")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('v', 'features', 'v', 2261)"
        )
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('v','geom','POINT',2261,0,0)")
        database.commit()
    with pytest.raises(TableError, match=r"1,000 rows|an end"):
        read_table(path, layer="v")


def test_a_wrong_count_in_the_file_loses_no_feature(tmp_path):
    path = _save(tmp_path / "t.gpkg", layer="t")
    for count in (1, 10**12):
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", (count,))
            database.commit()
        assert len(read_table(path)) == 2


@pytest.mark.parametrize("name", ["t.gpkg", "t.fgb", "t.shp"])
def test_damage_or_another_format_is_a_sentence(tmp_path, name):
    path = _save(tmp_path / name)
    content = path.read_bytes()
    for damaged in (b"", b"<vrt/>", content[:60], content[:120]):
        path.write_bytes(damaged)
        with pytest.raises(TableError, match="Export the layer again"):
            read_table(path)
