import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.errors import TableError
from arborisk.tables import csv_text, table
from arborisk.tables.read import read_table


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]
)
def test_delimiters_and_encodings_are_recognised(write, delimiter, encoding):
    lines = ["file;label;note", 'a.jpg;Improbable ;"old, hollow"', "b.jpg;Possible;Café Rhône"]
    if delimiter != ";":
        lines = [line.replace(";", delimiter) for line in lines]
    table = read_table(write("\r\n".join(lines), encoding=encoding))
    assert table.headers == ("file", "label", "note")
    assert table.rows[0] == ("a.jpg", "Improbable", "old, hollow")
    assert table.rows[1] == ("b.jpg", "Possible", "Café Rhône")
    assert list(table.numbers) == [2, 3]
    assert bool(table.notes) == (encoding in ("cp1252", "mac_roman", "utf-16-le", "utf-16-be",
                                              "utf-16"))  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Höhe,Straße\n12,Hauptstraße\n"),
        ("cp1250", "výška,ulice\n12,Příční třída\n13,Štěpánská\n"),
        ("cp1250", "wysokość,ulica\n12,Świętokrzyska\n"),
        ("mac_roman", "hauteur,rue\n12,Allée du Général\n13,Hêtre\n"),
    ],
)
def test_code_pages_are_told_apart_by_their_letters_and_said(write, encoding, text):
    table = read_table(write(text, encoding=encoding))
    lines = [tuple(line.split(",")) for line in text.splitlines()]
    assert [table.headers, *table.rows] == lines
    assert "not in UTF-8" in table.notes[0]


def test_a_few_bytes_that_are_not_utf8_do_not_change_the_rest(write):
    content = "tree,street\n1,Allée\n2,Straße\n3,Grün\n4,".encode() + b"x\xe9y\n"
    table = read_table(write(content))
    assert [row[1] for row in table.rows] == ["Allée", "Straße", "Grün", "x\ufffdy"]
    assert "not UTF-8" in table.notes[0]


def test_excel_hint_titles_and_empty_rows_are_passed_over_and_said(write):
    text = "sep=;\nApril ratings;;\nby JB;;\n;;\nfile;label;\na.jpg;Possible;\n;;\nb.jpg;Probable\n"
    table = read_table(write(text))
    assert table.headers == ("file", "label")
    assert table.rows == [("a.jpg", "Possible"), ("b.jpg", "Probable")]
    assert list(table.numbers) == [6, 8]
    assert table.notes == ("Passed over 2 rows above the headers: 'April ratings', 'by JB'.",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("E1,broadleaf,18,5,52", "5 cells where the headers are 4"),
        ("E1,broadleaf,18", "3 cells where the headers are 4"),
        ("E1,bro\0adleaf,18,52", "NUL"),
        (f"E1,{'x' * 140_000},18,52", "140,000 characters"),
        ("tree,kind,height_m,dbh_cm", "the headers once more"),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_never_shifted(write, row, reason):
    table = read_table(write(f"tree,kind,height_m,dbh_cm\n{row}\nE2,conifer,16,47,,\n"))
    assert table.rows == [(None,) * 4, ("E2", "conifer", "16", "47")]
    assert list(table.problems) == [0]
    assert reason in table.problems[0]
    assert table.where(0) == "table.csv, row 2"


def test_a_name_with_a_comma_does_not_make_the_header_a_title(write):
    table = read_table(write("photo\na,1.jpg\nb.jpg\n"))
    assert (table.headers, table.rows[1]) == (("photo",), ("b.jpg",))
    assert list(table.problems) == [0]


def test_headers_are_each_there_once_and_columns_without_one_have_a_name(write):
    table = read_table(write("rating,,rating,rating,\na,b,c,d,\ne,f,g,h,\n"))
    assert table.headers == ("rating", "column 2", "rating (2)", "rating (3)")
    assert "'rating (2)'" in table.notes[1]
    beyond = read_table(write("file,label,\na,b,c\nd,e,f\n"))
    assert beyond.headers == ("file", "label", "column 3")
    assert beyond.rows[1] == ("d", "e", "f")


@pytest.mark.parametrize(
    ("text", "is_comma"),
    [
        ("a;b\n42,3751;x\n", True),
        ("a;b\n42.3751;x\n", False),
        ("a;b\n1,234;x\n", True),
        ("a\tb\n1,234\tx\n", False),
        ("a;b\n1,234;0.5\n", False),
        ('a,b\n"42,3751",x\n', True),
        ('a,b\n"1,234",x\n', False),
        ("a;b\n12.03.2021;18,5\n", True),
    ],
)
def test_a_decimal_comma_is_told_by_the_cells_and_said(write, text, is_comma):
    table = read_table(write(text))
    assert table.decimal_comma == is_comma
    assert any("decimal comma" in note for note in table.notes) == is_comma


def test_the_guard_of_spreadsheets_is_taken_off_and_other_apostrophes_stay(write):
    table = read_table(write('a,b,c,d\n\'=Oak,\'s Gravenhage,\'-5,"=""007"""\n'))
    assert table.rows[0] == ("=Oak", "'s Gravenhage", "-5", "007")


@pytest.mark.parametrize(
    "below",
    ["", "c.jpg,Probable,\n", 'c.jpg,Probable,"old, big"\nd.jpg,Possible,"x"\n'],
    ids=["at the end", "plain rows below", "quoted rows below"],
)
@pytest.mark.parametrize("cut", ['b.jpg,"Probable', 'b.jpg,Possible,"leaning, hol'])
def test_a_row_cut_short_within_quotes_is_refused_by_its_number(write, cut, below):
    path = write(f'file,label,note\na.jpg,Possible,"old\nstump"\n{cut}\n{below}')
    with pytest.raises(TableError, match=r"row 3 of table.csv: b.jpg.*Close the quote"):
        read_table(path)


def test_line_breaks_and_stray_quotes_within_a_row_are_read(write):
    text = 'file,label,note\na.jpg,Possible,"two\nlines, ""so"", and\nmore"\nb.jpg,Probable,5" "x\n'
    table = read_table(write(text + 'c.jpg,Probable,"big" tree'))
    assert [row[2] for row in table.rows] == ['two lines, "so", and more', '5" "x', "big tree"]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_an_empty_table_is_refused(write, text):
    with pytest.raises(TableError, match="no filled row"):
        read_table(write(text))


def test_binary_and_damaged_files_are_refused(write):
    with pytest.raises(TableError, match="Save it as CSV in UTF-8"):
        read_table(write(bytes(range(256)) * 40))
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 100)
    assert len(read_table(write(packed, name="t.csv.gz"))) == 100
    with pytest.raises(TableError, match="gzip"):
        read_table(write(packed[:20], name="t.csv.gz"))


def test_more_than_a_table_may_hold_is_refused(write, monkeypatch):
    with pytest.raises(TableError, match=r"2,000 columns; found 1,000,000"):
        read_table(write(",".join(["c"] * 1_000_000) + "\n"))
    monkeypatch.setattr(csv_text, "MOST_ROWS", 3)
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    with pytest.raises(TableError, match="at most 3 rows"):
        read_table(write("a,b\n" + "1,2\n" * 5))


_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="'"), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=8))
def test_what_a_writer_quotes_is_read_as_cleaned_text(tmp_path_factory, rows):
    import csv

    from arborisk.tables.table import clean

    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("one", "two"), *rows])
    expected = [tuple(clean(cell) or None for cell in row) for row in rows]
    assert list(read_table(path).rows) == [row for row in expected if any(row)]
