import pytest

from arborisk.dataset.label_columns import rating_columns
from arborisk.errors import TableError
from arborisk.tables.choices import TableChoices
from arborisk.tables.read import read_table


def find_columns(path, chosen=None, labels=(), words=(), command="import"):
    """Role to index of its column, and the columns of labels."""
    choices = TableChoices(columns=chosen or {})
    found = rating_columns(read_table(path), choices, labels, words, command=command)
    return {role: column.index for role, column in found.table.columns.items()}, found.labels


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
    path = write_table(f"{headers}\n{','.join('x' * len(headers.split(',')))}\n")
    one, labels = find_columns(path)
    found = {**one, "label": labels[0]}
    assert {role: found[role] for role in roles} == roles
    assert "file" in found


def test_chosen_headers_win_and_a_wrong_one_names_the_nearest(write_table):
    path = write_table("file,season,outing,tree\na,b,c,d\n")
    one, labels = find_columns(path, {"site": "Outing", "tree": ""}, ("season",))
    assert (one["site"], labels) == (2, (1,))
    assert "tree" not in one
    with pytest.raises(TableError, match="Did you mean 'season'"):
        find_columns(path, {}, ("seasons",))
    assert find_columns(path, {"label": "season"})[1] == (1,)


def test_two_columns_of_labels_with_one_name_are_refused(write_table):
    for headers in ("file,label,Label", "file,label,label"):
        with pytest.raises(TableError, match="--column label=HEADER"):
            find_columns(write_table(f"{headers}\na,b,c\n"))


def test_a_column_a_rater_is_recognised(write_table):
    path = write_table("file,Rater 1,Rater 2,arborist_b\na,b,c,d\n")
    assert find_columns(path)[1] == (1, 2, 3)


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
    assert find_columns(write_table(text), words=WORDS)[1] == labels


@pytest.mark.parametrize(
    ("header", "cells", "is_read"),
    [
        ("Date", ["2021-05-01", "", "2021-05-02T10:00:00"], True),
        ("DATE", ["5/28/2021", "12/1/2021 3:15 PM", ""], True),
        ("Date", ["1 May 2021", "spring", "winter"], False),
        ("Date,Rating date", ["2021-05-01,x"], False),
    ],
)
def test_a_date_is_the_date_of_rating_where_nothing_else_is(write_table, header, cells, is_read):
    rows = "".join(f"{number}.jpg,{cell}\n" for number, cell in enumerate(cells))
    path = write_table(f"file,{header}\n{rows}")
    assert (find_columns(path)[0].get("rated_at") == 1) == is_read
    assert "rated_at" not in find_columns(path, {"rated_at": ""})[0]


def test_short_forms_and_hedges_tell_a_column_of_labels(write_table):
    path = write_table("photo,JB says,AK says\na,Imp.,n/a\nb,poss?,prob\n")
    assert find_columns(path)[1] == (1, 2)


def test_what_a_rater_saw_is_no_column_of_labels(write_table):
    text = "tree,saw model,pass,A,B\n1,no,probable,Possible,Imp\n2,yes,possible,Possible,Imp\n"
    one, labels = find_columns(write_table(text), command="agree")
    assert (one["saw_model"], one["round"], labels) == (1, 2, (3, 4))
