"""One writer: types kept, nothing run, whole or not at all."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from arborisk.errors import MissingDependencyError, OutputError, TableError
from arborisk.tables.write import FORMATS, Field, check_out, to_csv_text, write_table

HEADERS = [
    *("name", "whole", "share", "flag", "time", "instant", "day", "nested", "mixed"),
    *("longitude", "latitude"),
]
ROWS = [
    {
        "name": "=1+1",
        "whole": 3,
        "share": 0.5,
        "flag": True,
        "time": datetime(2024, 1, 2, 3, 4, 5),
        "instant": datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        "day": date(2024, 1, 2),
        "nested": {"a": [1, None]},
        "mixed": 7,
        "longitude": 2.5,
        "latitude": 48.0,
    },
    {"name": "Bäume\rzwei", "whole": np.int64(4), "share": np.nan, "mixed": "x"},
]


def test_csv_cells_are_text_that_no_spreadsheet_runs():
    assert to_csv_text(HEADERS, ROWS) == (
        "name,whole,share,flag,time,instant,day,nested,mixed,longitude,latitude\n"
        "'=1+1,3,0.5,true,2024-01-02T03:04:05,2024-01-02T03:04:05+02:00,2024-01-02,"
        '"{""a"": [1, null]}",7,2.5,48.0\n'
        '"Bäume\rzwei",4,,,,,,,x,,\n'
    )


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        *(("=A1", "'=A1"), ("+1 tree", "'+1 tree"), ("@x", "'@x"), (" =A1", "' =A1")),
        *(("-5", "-5"), ("+1.5", "+1.5"), ("-1e3", "-1e3"), (-5, "-5"), ("-", "'-")),
        *(("'=A1", "''=A1"), ("it's", "it's"), ("\tx", "'\tx")),
    ],
)
def test_text_is_guarded_and_numbers_are_left(cell, written):
    assert to_csv_text(["a"], [{"a": cell}]) == f"a\n{written}\n"


def test_headers_are_guarded_too():
    assert to_csv_text(["=cmd"], []) == "'=cmd\n"


def test_a_mark_for_excel_on_wish(tmp_path):
    write_table(tmp_path / "a.csv", ["a"], [{"a": "ä"}], bom=True)
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfa\n\xc3\xa4\n"


def test_json_lines_keep_types(tmp_path):
    write_table(tmp_path / "a.jsonl", HEADERS, ROWS)
    first, second = map(json.loads, (tmp_path / "a.jsonl").read_text("utf-8").splitlines())
    assert [first[name] for name in ("whole", "flag", "nested")] == [3, True, {"a": [1, None]}]
    assert first["instant"] == "2024-01-02T03:04:05+02:00"
    assert second["share"] is None
    assert list(second) == HEADERS


def test_geojson_is_in_wgs84_and_a_row_without_a_place_has_no_geometry(tmp_path):
    write_table(tmp_path / "a.geojson", HEADERS, ROWS)
    content = json.loads((tmp_path / "a.geojson").read_text("utf-8"))
    assert sorted(content) == ["features", "type"]
    assert [one["geometry"] for one in content["features"]] == [
        {"type": "Point", "coordinates": [2.5, 48.0]},
        None,
    ]
    assert content["features"][0]["properties"]["nested"] == {"a": [1, None]}


@pytest.mark.parametrize("place", [(200.0, 1.0), (1.0, 91.0), (np.inf, 1.0), ("x", 1.0)])
def test_no_point_that_is_not_on_earth(tmp_path, place):
    row = dict(zip(("longitude", "latitude"), place, strict=True))
    write_table(tmp_path / "a.geojson", ["n"], [row])
    assert json.loads((tmp_path / "a.geojson").read_text())["features"][0]["geometry"] is None


def test_gdal_finds_the_types_that_were_written(tmp_path, monkeypatch):
    pyogrio = pytest.importorskip("pyogrio")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    write_table(tmp_path / "new!" / "trees.gpkg", [*HEADERS, "FID"], ROWS)
    assert not list((tmp_path / "work").iterdir())  # GDAL's bindings take "!" for an archive
    info = pyogrio.read_info((tmp_path / "new!" / "trees.gpkg").rename(tmp_path / "trees.gpkg"))
    types = dict(
        zip(info["fields"], zip(info["ogr_types"], info["ogr_subtypes"], strict=True), strict=True)
    )
    assert types == {
        "name": ("OFTString", "OFSTNone"),
        "whole": ("OFTInteger64", "OFSTNone"),
        "share": ("OFTReal", "OFSTNone"),
        "flag": ("OFTInteger", "OFSTBoolean"),
        "time": ("OFTDateTime", "OFSTNone"),
        "instant": ("OFTDateTime", "OFSTNone"),
        "day": ("OFTDate", "OFSTNone"),
        "nested": ("OFTString", "OFSTJSON"),
        "mixed": ("OFTString", "OFSTNone"),
        "longitude": ("OFTReal", "OFSTNone"),
        "latitude": ("OFTReal", "OFSTNone"),
        "FID_": ("OFTString", "OFSTNone"),
    }
    assert (info["layer_name"], info["crs"], info["features"]) == ("trees", "EPSG:4326", 2)
    assert info["total_bounds"] == (2.5, 48.0, 2.5, 48.0)


def test_a_workbook_keeps_types_and_runs_nothing(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    write_table(tmp_path / "a.xlsx", HEADERS, ROWS)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]
    assert rows[1] == [
        *(("=1+1", "s"), (3, "n"), (0.5, "n"), (True, "b"), (datetime(2024, 1, 2, 3, 4, 5), "d")),
        *(("2024-01-02T03:04:05+02:00", "s"), (datetime(2024, 1, 2), "d")),
        *(('{"a": [1, null]}', "s"), (7, "n"), (2.5, "n"), (48, "n")),
    ]


def test_parquet_keeps_types(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    write_table(tmp_path / "a.parquet", HEADERS, ROWS)
    first, second = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert first["instant"] == datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert (first["flag"], first["whole"], second["whole"], second["share"]) == (True, 3, 4, None)
    assert json.loads(first["nested"]) == {"a": [1, None]}


def test_declared_kinds_stream_and_a_promise_not_kept_is_named(tmp_path):
    pytest.importorskip("pyarrow")
    fields = [Field("n", "number"), Field("t", "text")]
    write_table(tmp_path / "a.parquet", fields, iter([{"n": 1, "t": 2}, {"n": "", "t": ""}]))
    with pytest.raises(TableError, match="cells of column 'n' as number"):
        write_table(tmp_path / "b.parquet", fields, [{"n": "many"}])
    assert sorted(os.listdir(tmp_path)) == ["a.parquet"]


def test_whole_numbers_too_large_for_a_type_become_text(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    write_table(tmp_path / "a.parquet", ["n"], [{"n": 2**70}, {"n": 1}])
    assert parquet.read_table(tmp_path / "a.parquet")["n"].to_pylist() == [str(2**70), "1"]


def test_more_than_a_sheet_holds_is_refused(tmp_path):
    pytest.importorskip("openpyxl")
    with pytest.raises(TableError, match=r"32,767 characters in a cell of row 2.*a\.xlsx"):
        write_table(tmp_path / "a.xlsx", ["n"], [{"n": "x" * 40_000}])
    assert not os.listdir(tmp_path)


def test_a_column_twice_is_refused(tmp_path):
    with pytest.raises(TableError, match="'a' twice"):
        write_table(tmp_path / "a.csv", ["a", "b", "a"], [])


@pytest.mark.parametrize("name", ["a.xls", "a", "a.json", "a.csv.gz"])
def test_other_suffixes_are_refused_with_those_there_are(tmp_path, name):
    with pytest.raises(OutputError, match=r"\.csv, \.jsonl, \.parquet, \.geojson, \.gpkg, \.xlsx"):
        check_out(tmp_path / name)


def test_suffixes_in_capitals_are_understood(tmp_path):
    write_table(tmp_path / "A.CSV", ["a"], [{"a": 1}])
    assert (tmp_path / "A.CSV").read_text() == "a\n1\n"


@pytest.mark.parametrize(("suffix", "package"), [(".xlsx", "openpyxl"), (".gpkg", "pyogrio")])
def test_a_missing_package_is_named_with_its_extra(tmp_path, monkeypatch, suffix, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=package):
        check_out(tmp_path / f"a{suffix}")


FULL_DISK = """
import resource, sys
from pathlib import Path
from arborisk.errors import OutputError
from arborisk.tables.write import write_table

resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
rows = ({"longitude": 1.0, "latitude": 2.0, "n": hash(str(n))} for n in range(60_000))
try:
    write_table(Path(sys.argv[1]), ["longitude", "latitude", "n"], rows)
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path, suffix):
    pytest.importorskip("resource")
    pytest.importorskip("pyogrio")
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, tmp_path / f"a{suffix}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(("Expected room", "Expected a file that the disk can hold"))
    assert f"a{suffix}" in told.stdout
    assert told.stderr == ""
    assert not os.listdir(tmp_path)
