"""What is written is read back: one property over every format."""

from datetime import date, datetime, time
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.tables.places import places_of
from arborisk.tables.read import read_table
from arborisk.tables.table import clean
from arborisk.tables.write import FORMATS, write_table

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t=+-@'\"\n;,"), max_size=12
)
HEADERS = ("note", "whole", "share", "flag", "day", "time", "nested", "longitude", "latitude")
SHARE = st.floats(-1e6, 1e6, allow_subnormal=False)
ROW = st.fixed_dictionaries(
    {
        "note": st.none() | TEXT,
        "whole": st.none() | st.integers(-(2**53), 2**53),
        "share": st.none() | SHARE,
        "flag": st.none() | st.booleans(),
        "day": st.none() | st.dates(date(1950, 1, 1), date(2050, 1, 1)),
        "time": st.none()
        | st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)).map(
            lambda moment: moment.replace(microsecond=0)
        ),
        "nested": st.none() | st.lists(st.integers(0, 9), max_size=3),
        "longitude": st.floats(-10, -9).map(lambda value: round(value, 6)),
        "latitude": st.floats(40, 41).map(lambda value: round(value, 6)),
    }
)


def as_text(value):
    """A cell as text, whatever its type."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return datetime.combine(value, time()).isoformat()
    return clean(str(value))


def same(header, written, read):
    if header in ("share", "longitude", "latitude") and written is not None:
        return isclose(float(read), written, rel_tol=1e-12, abs_tol=1e-12)
    if header == "day" and written is not None and isinstance(read, str):
        return read == written.isoformat()
    return as_text(read) == as_text(written)


@pytest.mark.parametrize("suffix", FORMATS)
@given(rows=st.lists(ROW, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read(tmp_path_factory, suffix, rows):
    pytest.importorskip("pyogrio")
    pytest.importorskip("openpyxl")
    path = tmp_path_factory.mktemp("out") / f"a{suffix}"
    write_table(path, HEADERS, rows)
    table = read_table(path)
    assert table.headers == HEADERS
    assert len(table) == len(rows)
    assert not table.problems
    for row, cells in zip(rows, table.rows, strict=True):
        for header, cell in zip(HEADERS, cells, strict=True):
            assert same(header, row[header], cell), (header, row[header], cell)
    found = places_of(table, HEADERS.index("longitude"), HEADERS.index("latitude"))
    assert found.latitude.tolist() == [row["latitude"] for row in rows]
    if suffix in (".geojson", ".gpkg"):
        assert places_of(table).longitude.tolist() == [row["longitude"] for row in rows]
