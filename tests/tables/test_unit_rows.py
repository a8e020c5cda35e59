"""Units in a row of their own below the headers; places in degrees, minutes and seconds."""

from __future__ import annotations

import numpy as np
import pytest

from arborisk.tables.numbers import read_number
from arborisk.tables.place_text import read_coordinate
from arborisk.tables.read import read_table
from arborisk.tables.role_table import read_role_table


def test_a_row_of_units_is_no_tree_and_states_the_units(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("Title,,,\nTree,Species,Height,Girth\n,,(ft),in\nA1,Quercus,65,94.25\n")
    rows = read_role_table(path, needed=(), command="storm")
    assert rows.table.headers == ("Tree", "Species", "Height (ft)", "Girth (in)")
    assert (len(rows), rows.name(0)) == (1, "row 4")
    assert rows.quantity("height").value[0] == pytest.approx(65 * 0.3048)
    assert rows.quantity("dbh").value[0] == pytest.approx(94.25 * 2.54 / np.pi)
    assert any("Row 3 holds units" in note for note in rows.notes)


@pytest.mark.parametrize("first", ["A1,12,m", ",,", "m,18,cm", "text,-,id"])
def test_another_first_row_stays(tmp_path, first):
    path = tmp_path / "trees.csv"
    path.write_text(f"Tree,Height,Size\n{first}\nB,2,3\nC,4,5\n")
    assert read_table(path).headers == ("Tree", "Height", "Size")


@pytest.mark.parametrize(
    ("cell", "axis", "value"),
    [
        ("42\N{DEGREE SIGN} 22' 12.0\" N", "north", 42.37),
        ("72\N{DEGREE SIGN}31\N{PRIME}12\N{DOUBLE PRIME}W", "east", -72.52),
        ("-72 31 12", "east", -72.52),
        ("S 33 51.408", "north", -33.8568),
        ("72.52 W", "east", -72.52),
        ("-72.52", "east", -72.52),
        ("", "east", None),
    ],
)
def test_degrees_minutes_and_seconds(cell, axis, value):
    assert read_coordinate(cell, axis) == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize("cell", ["42\N{DEGREE SIGN} 72' 12\" N", "72.5 W", "N -42.5", "x"])
def test_what_is_no_latitude_is_refused(cell):
    with pytest.raises(ValueError, match=r"."):
        read_coordinate(cell, "north")


@pytest.mark.parametrize("cell", ["$1,200.50", "US$ 1200.50", "1200.50 \N{EURO SIGN}"])
def test_a_cost_with_the_sign_of_its_money_is_a_number(cell):
    assert read_number(cell) == 1200.5


def test_money_has_no_thousandths():
    assert read_number("1.200 \N{EURO SIGN}") == read_number("$1,200") == 1200.0
