"""Work lists as people get them: Imminent first and outside the budget, places, reasons."""

import csv
import json

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.wording.sentences import IMMINENT

OPTIONS = """
tree,species,option,cost,failure,failure_after,impact_chance,loss
1,Acer rubrum,prune,800,Imminent,Probable,0.05,20000
1,Acer rubrum,fell,2000,Imminent,none,0.05,20000
2,Tilia cordata,prune,300,Possible,Improbable,0.4,60000
3,Tilia cordata,prune,300,Possible,Improbable,0.4,60000
"""


@pytest.fixture
def write(tmp_path):
    def put(text, name="options.csv"):
        path = tmp_path / name
        path.write_text(text.lstrip())
        return path

    return put


def plan(path, *options):
    return CliRunner().invoke(
        app, ["risk", "plan", str(path), "--budget", "300", *map(str, options)]
    )


def rows_of(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_imminent_tops_the_list_outside_the_budget(write, tmp_path):
    out, page = tmp_path / "list.csv", tmp_path / "plan.html"
    done = plan(write(OPTIONS), "--storms", "2 in 10", "--out", out, "--page", page)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{IMMINENT} It stands at tree 1.")
    assert done.stderr.startswith(IMMINENT)
    rows = rows_of(out)
    assert [(row["tree"], row["imminent"]) for row in rows] == [("1", "true"), ("2", "false")]
    assert (rows[0]["warning"], rows[0]["cost_so_far"]) == (IMMINENT, "")
    assert rows[0]["option"] == "fell"  # the dearer one, to be ready for
    assert rows[1]["cost_so_far"] == "300.0"
    assert rows[1]["species"] == "Tilia cordata"
    assert rows[1]["reason"].startswith("Removes ")
    text = page.read_text()
    assert text.index(IMMINENT) < text.index("A plan, not a finding")


def test_imminent_is_the_first_key_of_json(write):
    done = plan(write(OPTIONS), "--storms", "2 in 10", "--format", "json")
    found = json.loads(done.stdout)
    assert next(iter(found)) == "imminent"
    assert found["imminent"] == {"ids": ["1"], "sentence": IMMINENT}


def test_a_list_of_nothing_but_imminent_trees(write, tmp_path):
    text = "\n".join(OPTIONS.strip().splitlines()[:3])
    out = tmp_path / "list.csv"
    done = plan(write(text), "--storms", "2 in 10", "--out", out, "--page", tmp_path / "p.html")
    assert done.exit_code == 0, done.output
    assert [row["tree"] for row in rows_of(out)] == ["1"]


NUMBERS = """
tree,street,X,Y,Latitude,Longitude,option,cost,risk,risk_after,failure
100,Elm St,1008721.4,770748.9,42.1130,-75.8880,prune,100,10,1,Probable
101,Elm St,1008733.3,770754.3,42.1131,-75.8879,prune,"1,000",11,1,Imminent
102,Elm St,1008756.3,770705.9,42.1132,-75.8878,prune,-5,12,1,
"""


def test_places_are_degrees_and_numbers_are_read(write, tmp_path):
    out, page = tmp_path / "list.geojson", tmp_path / "plan.html"
    done = plan(write(NUMBERS), "--out", out, "--page", page)
    assert done.exit_code == 3, done.output
    first, second = json.loads(out.read_text())["features"]
    assert first["geometry"]["coordinates"] == [-75.8879, 42.1131]
    assert (first["properties"]["imminent"], first["properties"]["cost"]) == (True, 1000.0)
    assert second["properties"]["latitude"] == 42.1130
    assert "'-5'" in done.stdout


def test_the_input_is_never_the_output(write):
    path = write(NUMBERS)
    for option in ("--out", "--page"):
        assert plan(path, option, path).exit_code != 0
    assert path.read_text() == NUMBERS.lstrip()


def test_different_risks_of_one_tree_are_named(write):
    done = plan(write("tree,option,cost,risk,risk_after\n1,a,9,10,1\n1,b,9,20,1\n"))
    assert "Rows of tree 1 state different risks now, 10 and 20" in done.stdout
