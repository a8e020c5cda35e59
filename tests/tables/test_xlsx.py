import builtins
import io
import re
import zipfile
from datetime import datetime

import pytest

from arborisk.errors import MissingDependencyError, TableError
from arborisk.tables.read import read_table

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture
def book(tmp_path):
    """Saves rows as a workbook: `book(rows, merge=["A2:A3"], name=..., more={sheet: rows})`."""

    def save(rows, *, merge=(), name="ratings.xlsx", more=None):
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(row)
        for one in merge:
            made.active.merge_cells(one)
        for title, others in (more or {}).items():
            sheet = made.create_sheet(title)
            for row in others:
                sheet.append(row)
        path = tmp_path / name
        made.save(path)
        return path

    return save


def _changed(path, part, change):
    """The workbook with one of its parts changed."""
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for one in old.infolist():
            content = old.read(one)
            new.writestr(one.filename, change(content) if one.filename == part else content)
    path.write_bytes(copy.getvalue())
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_cells_keep_their_types_and_numbers_are_those_of_the_sheet(book):
    rows = [
        ["Tree survey"],
        [],
        ["Image", "Rating", "Rated", "Dead"],
        [1835, "Possible\xa0", datetime(2022, 4, 1), True],
        [],
        [1836.5, None, None, None],
    ]
    table = read_table(book(rows))
    assert table.headers == ("Image", "Rating", "Rated", "Dead")
    assert table.rows == [
        (1835, "Possible", datetime(2022, 4, 1), True),
        (1836.5, None, None, None),
    ]
    assert list(table.numbers) == [4, 6]
    assert table.notes == ("Passed over 1 row above the headers: 'Tree survey'.",)


def test_the_first_sheet_with_something_in_it_is_read_and_said(book):
    path = book([], more={"One": [["a"], [1]], "Two": [["b"], [2]]})
    table = read_table(path)
    assert table.headers == ("a",)
    assert table.notes == ("Read the sheet 'One'; not read: 'Two'.",)
    assert read_table(path, sheet="Two").headers == ("b",)
    assert read_table(f"{path}:Two").source == "ratings.xlsx:Two"
    with pytest.raises(TableError, match="One, Two"):
        read_table(path, sheet="Third")


def test_merged_cells_are_filled_down_and_across_and_said(book):
    rows = [["file", "tree", "label"], ["1", "T1", "x"], ["2", None, None], ["3", "T2", "y"]]
    table = read_table(book(rows, merge=["B2:B3", "C2:C3"]))
    assert table.rows == [("1", "T1", "x"), ("2", "T1", "x"), ("3", "T2", "y")]
    assert table.notes == ("Merged cells hold one value for all that they cover: B2:B3, C2:C3.",)


def test_a_line_that_groups_headers_and_headers_over_two_lines_are_understood(book):
    rows = [
        ["Tree", "Place", None, "Rating", None],
        [None, "Latitude", "Longitude", "A", "B"],
        [7, 1.5, 2.5, "x", "y"],
    ]
    table = read_table(book(rows, merge=["A1:A2", "B1:C1", "D1:E1"]))
    assert table.headers == ("Tree", "Latitude", "Longitude", "A", "B")
    assert table.rows == [(7, 1.5, 2.5, "x", "y")]


def test_a_merged_title_over_all_columns_is_still_a_title(book):
    rows = [["Survey 2024", None, None], ["file", "tree", "label"], ["1", "T1", "x"]]
    table = read_table(book(rows, merge=["A1:C1"]))
    assert table.headers == ("file", "tree", "label")
    assert len(table) == 1


def test_a_formula_without_its_value_names_the_cell(book):
    path = book([["tree", "height"], [1, "=10+8"], [2, 12]])
    table = read_table(path)
    assert table.rows == [(None, None), (2, 12)]
    assert "cell B2 has a formula" in table.problems[0]
    _changed(path, SHEET, lambda xml: xml.replace(b"<v></v>", b"<v>18</v>").replace(
        b"<v />", b"<v>18</v>").replace(b"<v/>", b"<v>18</v>"))  # fmt: skip
    assert read_table(path).rows == [(1, 18), (2, 12)]


def test_looks_that_openpyxl_refuses_do_not_cost_the_values_or_dates(book):
    path = book([["tree", "rated"], [1, datetime(2024, 5, 1)]])
    spoil = re.compile(rb"<fills.*?</fills>", re.DOTALL)
    _changed(path, "xl/styles.xml", lambda xml: spoil.sub(b"<fills><fill/></fills>", xml))
    with pytest.raises(TypeError):
        openpyxl.load_workbook(path)
    assert read_table(path).rows == [(1, datetime(2024, 5, 1))]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"not a zip",
        lambda content: content[: len(content) // 2],
        lambda content: content[:200] + b"\xff" * 200 + content[400:],
        lambda content: b"",
    ],
)
def test_damage_is_a_sentence(book, damage):
    path = book([["tree"], [1]])
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(TableError, match="save it as XLSX again"):
        read_table(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="2"', b'r="1048576000"'),
        (b'r="1"', b'r="1048576000"'),  # no row is there before it
        (b'<c r="A2"', b'<c r="ZZZZ2"'),
        (b"</sheetData>", b"</sheet"),
        (b"<v>1</v>", b"<v>one</v>"),
    ],
)
def test_a_sheet_with_impossible_places_or_values_is_refused_at_once(book, old, new):
    path = book([["tree"], [1]])
    _changed(path, SHEET, lambda xml: xml.replace(old, new))
    with pytest.raises(TableError, match=r"XLSX again|save it again"):
        read_table(path)


def test_a_million_columns_are_refused(book):
    path = book([["tree"], [1]])
    cells = b"<c><v>1</v></c>" * 20_000
    _changed(path, SHEET, lambda xml: xml.replace(b"</row>", cells + b"</row>"))
    with pytest.raises(TableError, match="columns"):
        read_table(path)


def test_without_its_reader_the_extra_is_named(monkeypatch, write):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "openpyxl":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingDependencyError, match=r"\[tables\]"):
        read_table(write("x", name="labels.xlsx"))
