"""Which column holds what, by name, crosswalk, cells and choice."""

import pytest

from arborisk.errors import TableError
from arborisk.tables.choices import TableChoices
from arborisk.tables.columns import find_columns
from arborisk.tables.commands import COMMANDS
from arborisk.tables.crosswalks import crosswalk_of, crosswalks
from arborisk.tables.table import Table
from arborisk.tables.vocabulary import is_role, role_of


def table(headers, *rows):
    cells = [list(row) for row in rows] or [[None] * len(headers)]
    return Table("trees.csv", tuple(headers), cells, list(range(2, len(cells) + 2)))


def found(headers, *rows, command="inventory", **choices):
    columns = find_columns(table(headers, *rows), TableChoices(**choices), COMMANDS[command].roles)
    return {role: column.header for role, column in columns.items()}


def test_the_surest_name_wins_and_the_other_is_said():
    columns = find_columns(table(["trunk diameter", "DBH (in)"]), None, ["dbh"])
    assert columns["dbh"].header == "DBH (in)"
    assert columns["dbh"].unit == "in"
    assert "'trunk diameter' could be it too" in columns.notes[0]


def test_latitude_and_x_are_both_known():
    roles = found(["tree", "X", "Y", "Latitude", "Longitude"], command="plan")
    assert roles["latitude"] == "Latitude"
    assert roles["x"] == "X"


@pytest.mark.parametrize(
    ("cell", "role"), [("Fair", "condition"), ("cracked union", "condition_of_concern")]
)
def test_cells_tell_what_condition_means(cell, role):
    assert found(["tree", "condition"], ["1", cell]) == {"tree": "tree", role: "condition"}


def test_condition_is_the_round_of_raters():
    assert (
        found(["photo", "condition"], ["a.jpg", "blind"], command="agree")["round"] == "condition"
    )


def test_an_id_is_a_tree_but_not_where_rows_are_photos():
    assert found(["OBJECTID", "failure"])["tree"] == "OBJECTID"
    assert "tree" not in found(["id", "image"], command="import")


def test_location_is_a_street_or_a_place_by_its_cells():
    assert found(["location"], ["Elm St"])["street"] == "location"
    assert found(["location"], ["(40.71, -73.93)"])["place"] == "location"


def test_choice_beats_names_and_leaves_out():
    headers = ["HAUTEUR", "height_m"]
    assert found(headers, command="storm", columns={"height": "HAUTEUR"})["height"] == "HAUTEUR"
    assert "height" not in found(["height_m"], command="storm", columns={"height": ""})


def test_a_header_that_is_not_there_lists_those_that_are():
    with pytest.raises(TableError, match=r"the headers tree, height_m .*Did you mean 'height_m'"):
        found(["tree", "height_m"], command="storm", columns={"height": "heigth_m"})


def test_crosswalk_by_its_signature_with_units_and_codes():
    vancouver = ["TREE_ID", "STD_STREET", "HEIGHT_RANGE_ID", "DIAMETER", "SPECIES_NAME"]
    columns = find_columns(table(vancouver), None, COMMANDS["storm"].roles)
    assert columns.crosswalk is not None and columns.crosswalk.name == "vancouver"
    assert (columns["dbh"].unit, columns["dbh"].unit_from) == ("in", "crosswalk vancouver")
    assert columns["height"].codes["3"] == "30..40 ft"
    assert crosswalk_of(vancouver, "none") is None


def test_stated_unit_stands_above_the_crosswalk():
    columns = find_columns(
        table(["TreeID", "qSpecies", "qAddress", "DBH"]), TableChoices(units={"dbh": "cm"}), None
    )
    assert (columns["dbh"].unit, columns["dbh"].unit_from) == ("cm", "stated")


@pytest.mark.parametrize("crosswalk", crosswalks().values(), ids=lambda one: one.name)
def test_crosswalks_are_whole_and_recognised(crosswalk):
    assert all(map(is_role, (*crosswalk.columns, *crosswalk.units, *crosswalk.codes)))
    assert all(role_of(role).dimension for role in crosswalk.units)
    assert crosswalk_of(crosswalk.signature) is crosswalk
    assert "from memory: " in crosswalk.source
