import builtins

import pytest

from arborisk.dataset.columns import find_columns
from arborisk.dataset.tables import read_table
from arborisk.errors import DatasetError, MissingDependencyError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings_are_recognised(write_table, delimiter, encoding):
    lines = ["file;label;note", 'a.jpg;Improbable\xa0;"old, hollow"', "b.jpg;Possible ;Café"]
    if delimiter != ";":
        lines = [line.replace(";", delimiter) for line in lines]
    table = read_table(write_table("\r\n".join(lines), encoding=encoding))
    assert table.headers == ("file", "label", "note")
    assert table.rows == (
        (2, ("a.jpg", "Improbable", "old, hollow")),
        (3, ("b.jpg", "Possible", "Café")),
    )


def test_excel_hint_titles_and_empty_rows_are_passed_over(write_table):
    text = "sep=;\nApril ratings;;\n;;\nfile;label;\na.jpg;Possible;\n;;\nb.jpg;Probable"
    table = read_table(write_table(text))
    assert table.headers == ("file", "label")
    assert table.rows == ((5, ("a.jpg", "Possible")), (7, ("b.jpg", "Probable")))


def test_a_row_with_more_cells_than_headers_is_refused_by_its_number(write_table):
    path = write_table("file,label\na.jpg,Possible\nb.jpg,Probable,leaning, hollow\n")
    with pytest.raises(DatasetError, match=r"2 cells.*found 4 \(row 3 of labels.csv\)"):
        read_table(path)


@pytest.mark.parametrize(
    "below",
    ["", "c.jpg,Probable,\n", 'c.jpg,Probable,"old, big"\nd.jpg,Possible,"x"\n'],
    ids=["at the end", "plain rows below", "quoted rows below"],
)
@pytest.mark.parametrize("cut", ['b.jpg,"Probable', 'b.jpg,Possible,"leaning, hol'])
def test_a_row_cut_short_within_quotes_is_refused_by_its_number(write_table, cut, below):
    path = write_table(f'file,label,note\na.jpg,Possible,"old\nstump"\n{cut}\n{below}')
    with pytest.raises(DatasetError, match=r"row 4 of labels.csv: b.jpg.*Close the quote"):
        read_table(path)


def test_line_breaks_and_stray_quotes_within_a_row_are_read(write_table):
    text = 'file,label,note\na.jpg,Possible,"two\nlines, ""so"", and\nmore"\nb.jpg,Probable,5" "x\n'
    table = read_table(write_table(text + 'c.jpg,Probable,"big" tree'))
    notes = [cells[2] for _, cells in table.rows]
    assert notes == ['two lines, "so", and more', '5" "x', "big tree"]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_an_empty_table_is_refused(write_table, text):
    with pytest.raises(DatasetError, match="no filled row"):
        read_table(write_table(text))


def test_binary_and_old_excel_files_are_refused(write_table, tmp_path):
    binary = tmp_path / "labels.csv"
    binary.write_bytes(b"file,label\0\0")
    with pytest.raises(DatasetError, match="Save it as CSV in UTF-8"):
        read_table(binary)
    with pytest.raises(DatasetError, match="Save it as CSV or XLSX"):
        read_table(write_table("x", name="labels.xls"))


def test_xlsx_cells_read_as_people_see_them(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    from datetime import datetime

    book = openpyxl.Workbook()
    book.active.append(["Image number", "Rating", "Date rated"])
    book.active.append([1835, "Possible\xa0", datetime(2022, 4, 1)])
    book.active.append([1836.0, None, None])
    book.create_sheet("Second").append(["file", "label"])
    path = tmp_path / "ratings.xlsx"
    book.save(path)
    table = read_table(path)
    assert table.rows == ((2, ("1835", "Possible", "2022-04-01T00:00:00")), (3, ("1836", "", "")))
    assert read_table(path, sheet="Second").headers == ("file", "label")
    with pytest.raises(DatasetError, match="Sheet, Second"):
        read_table(path, sheet="Third")


def test_xlsx_without_its_reader_names_the_extra(monkeypatch, write_table):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "openpyxl":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingDependencyError, match=r"\[tables\]"):
        read_table(write_table("x", name="labels.xlsx"))


def test_something_else_named_xlsx_is_refused(write_table):
    pytest.importorskip("openpyxl")
    with pytest.raises(DatasetError, match="an XLSX file"):
        read_table(write_table("not a zip", name="labels.xlsx"))


@pytest.mark.parametrize(
    ("headers", "roles"),
    [
        ("Filename,Likelihood of Failure", {"file": 0, "label": 1}),
        ("\ufeffImage # ,LoF", {"file": 0, "label": 1}),
        ('"Image number (file name is ""IMG_18##.HEIC""",Likelihood of Failure Rating', {}),
        ("TREE_ID,File Path,Class,Site Name", {"tree": 0, "file": 1, "label": 2, "site": 3}),
        ("photo no.,Category,Arborist,Time frame (years)", {"rater": 2, "time_frame": 3}),
        ("label,image,Image name", {"label": 0, "file": 2}),
    ],
)
def test_usual_headers_are_recognised(write_table, headers, roles):
    table = read_table(write_table(f"{headers}\n{','.join('x' * len(headers.split(',')))}\n"))
    columns = find_columns(table, {}, ())
    found = {**columns.one, "label": columns.labels[0]}
    assert {role: found[role] for role in roles} == roles
    assert "file" in found


def test_chosen_headers_win_and_a_wrong_one_names_the_nearest(write_table):
    table = read_table(write_table("file,season,outing,tree\na,b,c,d\n"))
    columns = find_columns(table, {"site": "Outing", "tree": ""}, ("season",))
    assert (columns.one["site"], columns.labels) == (2, (1,))
    assert "tree" not in columns.one
    with pytest.raises(DatasetError, match="Did you mean 'season'"):
        find_columns(table, {}, ("seasons",))


def test_two_columns_for_one_role_are_refused(write_table):
    table = read_table(write_table("file,label,Label\na,b,c\n"))
    with pytest.raises(DatasetError, match="Choose one with --label-column"):
        find_columns(table, {}, ())


def test_a_column_a_rater_is_recognised(write_table):
    table = read_table(write_table("file,Rater 1,Rater 2,arborist_b\na,b,c,d\n"))
    assert find_columns(table, {}, ()).labels == (1, 2, 3)


WORDS = {"improbable", "possible", "probable", "imminent", "1", ""}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("photo,JB rating,AK rating\na,Possible,\nb,PROBABLE ,Improbable\n", (1, 2)),
        ("photo,JB rating,AK rating\na,Possible,Imp\nb,,Imp\nc,,Possible\n", (1, 2)),
        ("photo,verdict,zone,Rating of health\na,Possible,1,good\n", (1,)),
        ("photo,tree name,remark\na,Possible,possible root rot\n", ()),
        ("photo,Likelihood (P/Po/I)\na,Po\n", (1,)),
    ],
    ids=["raters", "unknown words", "one", "other roles and sentences", "a remark in the header"],
)
def test_label_columns_are_known_by_their_cells(write_table, text, labels):
    assert find_columns(read_table(write_table(text)), {}, (), WORDS).labels == labels


@pytest.mark.parametrize(
    ("header", "cells", "is_read"),
    [
        ("Date", ["2021-05-01", "", "2021-05-02T10:00:00"], True),
        ("DATE", ["5/28/2021", "12/1/2021 3:15 PM", ""], True),
        ("Date", ["1 May 2021", "spring", ""], False),
        ("Date", ["", "", ""], False),
        ("Date,Rating date", ["2021-05-01,x"], False),
    ],
)
def test_a_date_is_the_date_of_rating_where_nothing_else_is(write_table, header, cells, is_read):
    rows = "".join(f"{number}.jpg,{cell}\n" for number, cell in enumerate(cells))
    table = read_table(write_table(f"file,{header}\n{rows}"))
    assert (find_columns(table, {}, ()).one.get("rated_at") == 1) == is_read
    assert "rated_at" not in find_columns(table, {"rated_at": ""}, ()).one
