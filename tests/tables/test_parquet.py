import json
import struct
from datetime import datetime

import pytest

from arborisk.errors import TableError
from arborisk.tables.read import read_table

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

POINT = struct.pack("<BIdd", 1, 1, -73.5, 41.5)


def _save(path, columns, *, geo=None):
    table = pyarrow.table(columns)
    if geo is not None:
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    parquet.write_table(table, path)
    return path


def test_values_keep_their_types(tmp_path):
    columns = {
        "tree": [" Oak ", None],
        "n": [1, None],
        "ok": [True, None],
        "at": [datetime(2024, 5, 1), None],
        "parts": [["a"], None],
        "h": [1.5, float("nan")],
    }
    table = read_table(_save(tmp_path / "t.parquet", columns))
    assert table.rows == [
        ("Oak", 1, True, datetime(2024, 5, 1), ["a"], 1.5),
        (None,) * 6,
    ]
    assert (table.shapes, table.name(0)) == (None, "row 1")


@pytest.mark.parametrize(
    ("column", "system"),
    [({}, "OGC:CRS84"), ({"crs": None}, ""), ({"crs": {"id": 1}}, '{"id": 1}')],
)
def test_shapes_and_their_system_are_read(tmp_path, column, system):
    geo = {"primary_column": "place", "columns": {"place": {"encoding": "WKB", **column}}}
    table = read_table(_save(tmp_path / "t.parquet", {"n": [1], "place": [POINT]}, geo=geo))
    assert (table.headers, table.shapes, table.system) == (("n",), [POINT], system)
    plain = read_table(_save(tmp_path / "p.parquet", {"n": [1], "geom": [POINT], "raw": [b"x"]}))
    assert (plain.headers, plain.shapes, plain.system) == (("n",), [POINT], "")
    assert "'raw'" in plain.notes[0]


def test_damage_and_more_than_a_table_holds_are_refused(tmp_path):
    path = _save(tmp_path / "t.parquet", {f"c{number}": [1] for number in range(2500)})
    with pytest.raises(TableError, match="2,000 columns"):
        read_table(path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(TableError, match="a Parquet file"):
        read_table(path)
