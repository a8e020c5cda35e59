"""Imminent wherever it stands in a table, and where it is denied."""

from __future__ import annotations

import pytest

from arborisk.tables.imminent import called, headers_with_imminent, imminent_rows
from arborisk.tables.look import look_at
from arborisk.tables.rating_words import mentions_imminent
from arborisk.tables.role_table import read_role_table

RATED = "tree,failure,impact,consequences,Risk_Rating,notes\n"


@pytest.mark.parametrize(
    "cell",
    ["Imminent", "IMM.", "limb failure imminent!", "Probable-Imminent", "es inminente",
     "Bruch unmittelbar bevorstehend", "no parking here; imminent failure", ["a", "imminent"]],
)  # fmt: skip
def test_a_cell_that_says_it(cell):
    assert mentions_imminent(cell)


@pytest.mark.parametrize(
    "cell",
    ["not imminent", "no imminent risk", "no signs of imminent failure", "non-imminent", "",
     "kein imminent", "eminent oak", "immense", "Zimmer 4", None, 4, "unmittelbar am Gehweg"],
)  # fmt: skip
def test_a_cell_that_does_not(cell):
    assert not mentions_imminent(cell)


def test_notes_stated_ratings_and_second_columns_are_heard(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text(
        RATED + "1,Improbable,Low,Minor,Low,no imminent risk\n2,Improbable,Low,Minor,Imminent,\n"
        "3,Improbable,Low,Minor,Low,IMMINENT: keep out\n4,,,,,\n5,Possible - Imminent,,,,\n"
    )
    rows = read_role_table(path, needed=(), command="inventory")
    assert imminent_rows(rows) == (1, 2, 4)
    assert called(rows, imminent_rows(rows)) == ["tree 2", "tree 3", "tree 5"]
    assert headers_with_imminent(rows, 1) == ["Risk_Rating"]
    assert headers_with_imminent(rows, 2) == ["notes"]


def test_a_second_failure_column_and_a_row_that_cannot_be_used_are_heard(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_bytes(
        b"tree,failure,failure,impact\n1,Improbable,Imminent,Low\n2,Possible,Possible,Low\n"
        b"3,Imminent,Low\x00,Low\n4,Imminent,Low,Low,Low,a cell too many\n5,Possible,,,,x\n"
    )
    rows = read_role_table(path, needed=(), command="inventory")
    assert imminent_rows(rows) == (0, 2, 3)
    assert called(rows, (2,)) == ["row 4"]
    assert imminent_rows(rows.select([1, 3])) == (1,)


def test_our_own_sentences_do_not_raise_it_again(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text(
        "tree,failure,imminent,warning,arborisk_problem\n"
        "1,x,false,,\"Improbable, Possible, Probable, Imminent, or nothing: found 'x'\"\n"
    )
    assert imminent_rows(read_role_table(path, needed=(), command="inventory")) == ()


def test_the_look_at_a_table_says_it(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("tree,height_m,remarks\nA,12,fine\nB,14,failure imminent\n")
    assert look_at(path).imminent == ("tree B",)
