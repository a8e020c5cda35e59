"""What `arborisk table` shows, and the map file that it writes."""

import json

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.errors import TableError
from arborisk.tables.choices import TableChoices, read_mapping
from arborisk.tables.look import look_at, map_text

FEET = "tree_id,Height,dbh_cm,kind,Verdict,lat,lon\nA,65,60,broadleaf,2,42.1,-75.8\n"


@pytest.fixture
def feet(tmp_path):
    path = tmp_path / "feet.csv"
    path.write_text(FEET + "B,,45,conifer,3,42.1,-75.9\n")
    return path


def fitness(look, command):
    return next(one for one in look.fitness if one.command == command)


def test_what_is_missing_for_which_command(feet):
    look = look_at(feet)
    assert fitness(look, "storm").missing[0].what.startswith("unit of height ('Height': '65'")
    assert fitness(look, "import").missing[0].what == "file"
    assert look.open_units == ("height",)
    stated = look_at(feet, TableChoices(units={"height": "ft"}), "storm")
    assert fitness(stated, "storm").missing == ()
    assert [one.rows for one in fitness(stated, "storm").refused] == [("row 3",)]


def test_a_map_file_says_what_was_taken_and_reads_back(feet, tmp_path):
    choices = TableChoices(columns={"failure": "Verdict"})
    look = look_at(feet, choices, "inventory")
    text = map_text(look, choices)
    assert '# height = "ft"  # not stated' in text
    assert "# [codes.failure]" in text
    path = tmp_path / "map.toml"
    path.write_text(text)
    read = read_mapping(path)
    assert read.columns["failure"] == "Verdict"
    assert read.units == {"dbh": "cm"}
    again = map_text(look_at(feet, read, "inventory"), read)
    assert again.replace(" # stated", "") == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("[colums]\n", "'colums'"), ("[columns]\nhight = 'x'\n", "'hight'")),
        *(("[units]\nheight = 'mph'\n", "'mph'"), ("[units]\ntree = 'm'\n", "tree")),
        *(("columns = 3\n", "3"), ("[columns]\ntree = 3\n", "3"), ("[", "")),
    ],
)
def test_map_files_are_refused_by_name(tmp_path, text, found):
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(TableError) as caught:
        read_mapping(path)
    assert found in str(caught.value)


def test_command_shows_and_writes(feet, tmp_path):
    target = tmp_path / "map.toml"
    run = CliRunner().invoke(app, ["table", str(feet), "--write-map", str(target)])
    assert run.exit_code == 0, run.output
    assert "storm, strike" in run.output
    assert "42.100000 north, 75.800000 west" in " ".join(run.output.split())
    options = ["--map", str(target), "--units", "height=ft", "--format", "json"]
    run = CliRunner().invoke(app, ["table", str(feet), "--for", "storm", *options])
    content = json.loads(run.output)
    assert content["commands"][0]["missing"] == []
    assert content["commands"][0]["rows_refused"] == 1
    assert content["places"]["first"] == [-75.8, 42.1]


def test_the_table_itself_is_no_map_file(feet):
    run = CliRunner().invoke(app, ["table", str(feet), "--write-map", str(feet)])
    assert run.exit_code != 0
    assert feet.read_text().startswith("tree_id")


def test_what_follows_from_the_genus_is_no_column_of_the_map_file(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("tree,species,height_m,dbh_cm\n1,Acer rubrum,12,30\n", encoding="utf-8")
    seen = look_at(table)
    path = tmp_path / "map.toml"
    path.write_text(map_text(seen, TableChoices()), encoding="utf-8")
    assert "kind" in seen.columns
    assert look_at(table, TableChoices.from_options(map_file=path)).notes == seen.notes
