"""The commands print what the functions give, and say what was left out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.errors import ArboriskError
from arborisk.risk.storm.analysis import StormRequest, analyse_storm
from arborisk.risk.storm.tables import as_json
from arborisk.wording.sentences import NEAR_WIRES

ROWS = "".join(
    f"t{number},{'Elm' if number % 3 else 'Oak'},broadleaf,{14 + number % 7},{40 + number},living,"
    f"{10.0 * number},{-6.0 - number % 4}\n"
    for number in range(12)
)
TREES = f"tree_id,street,kind,height_m,dbh_cm,condition,x_m,y_m\n{ROWS}"


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    """Trees and a line."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "trees.csv").write_text(TREES)
    line = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[-50, 0], [200, 0]]},
        "properties": {"circuit": "A1"},
    }
    layer = {"type": "FeatureCollection", "features": [line],
             "crs": {"properties": {"name": "metres"}}}  # fmt: skip
    (folder / "lines.geojson").write_text(json.dumps(layer))
    return folder


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_storm_json_is_what_the_function_gives(town):
    arguments = ("--gust", "30±2", "--by", "street", "--fill-missing", "--draws", "1000")
    result = run("risk", "storm", town / "trees.csv", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    request = StormRequest(
        inventory=town / "trees.csv", gust="30±2", by="street", fill_missing=True, draws=1000
    )
    assert json.loads(result.stdout) == as_json(analyse_storm(request))


def test_strike_prints_what_the_function_gives_and_says_so_near_wires(town):
    pytest.importorskip("shapely")
    from arborisk.risk.strike import tables
    from arborisk.risk.strike.analysis import StrikeRequest, analyse_strike

    arguments = ("--lines", town / "lines.geojson", "--conductor-height", "9+-1", "--draws", 20)
    command = ("strike", town / "trees.csv", "--position-error", 1, *arguments)
    result = run(*command, "--format", "json")
    assert result.exit_code == 0, result.output
    request = StrikeRequest(
        inventory=town / "trees.csv",
        position_error_m=1,
        lines=str(town / "lines.geojson"),
        conductor_height="9±1",
        draws=20,
    )
    assert json.loads(result.stdout) == tables.as_json(analyse_strike(request))
    assert NEAR_WIRES in " ".join(run(*command).stdout.split())


def test_rows_left_out_end_with_status_3(town):
    (town / "some.csv").write_text(TREES + "x,Elm,broadleaf,-5,40,living,0,0\n")
    result = run(
        "risk", "storm", town / "some.csv", "--gust", "30±2", "--fill-missing", "--draws", 1000
    )
    assert result.exit_code == 3
    assert "1 of 13 rows could not be computed" in " ".join(result.stdout.split())


def test_options_that_cannot_work_are_refused(town):
    for arguments, words in (
        (("--gust", "30±2", "--gust-map", "m.csv"), "Give one of the two"),
        (("--years", "5"), "Add --climate"),
        (("--draws", "10"), "1,000 to 1,000,000 draws"),
        (("--gust", "30±2", "--by", "avenue"), "a column 'avenue'"),
    ):
        result = run("risk", "storm", town / "trees.csv", "--fill-missing", *arguments)
        assert isinstance(result.exception, ArboriskError)
        assert words in str(result.exception)


def test_lengths_of_options_take_other_units_and_are_echoed(town):
    pytest.importorskip("shapely")
    arguments = ("--lines", town / "lines.geojson", "--conductor-height", "30±3 ft", "--draws", 2)
    result = run("risk", "strike", town / "trees.csv", "--position-error", "5 ft", *arguments)
    assert result.exit_code == 0, result.output
    assert "--position-error: 5 ft is 1.524 m" in result.stderr
    assert "taken at 9.14±0.91 m" in " ".join(result.stdout.split())


def test_what_is_rated_imminent_is_said_before_anything_goes_wrong(town):
    text = TREES.replace("tree_id,", "tree_id,failure,").replace("t3,", "t3,Imminent,")
    rows = [line for line in text.splitlines() if line.startswith(("tree", "t3"))]
    (town / "urgent.csv").write_text("\n".join(rows) + "\n")
    lacking = "\n".join(rows).replace("height_m", "left_out")
    (town / "lacking.csv").write_text(f"{lacking}\n")
    missing = ("--position-error", 1, "--lines", town / "missing.gpkg")
    for command, words in (
        (("storm", town / "urgent.csv", "--gust", "30±2"), "--fill-missing"),
        (("storm", town / "lacking.csv", "--gust", "30±2"), "a column for the height"),
        (("strike", town / "urgent.csv", *missing), "no such file"),
    ):
        result = run(*command)
        assert words in str(result.exception)
        assert result.stderr.startswith("Rated Imminent: keep people away")
    assert NEAR_WIRES in result.stderr
    told = run(
        "risk", "storm", town / "urgent.csv", "--gust", "30±2", "--fill-missing", "--draws", 1000
    )
    assert told.stdout.startswith("Rated Imminent: keep people away")


def test_nothing_of_the_user_s_is_ever_replaced(town, tmp_path):
    arguments = ("--gust", "30±2", "--fill-missing", "--draws", 1000)
    trees = tmp_path / "trees.csv"
    trees.write_text(TREES)
    other = tmp_path / "other.csv"
    other.write_text("mine\n1\n")
    for out, words in ((trees, "which is read as input"), (other, "a file with something else")):
        result = run("risk", "storm", trees, *arguments, "--out", out)
        assert words in str(result.exception)
    assert (trees.read_text(), other.read_text()) == (TREES, "mine\n1\n")
    result = run("risk", "storm", trees, *arguments, "--report", trees)
    assert "which is read as input" in str(result.exception)
    for gust in ("30±2", "35±2"):  # our own table may be written anew
        done = run(
            "risk", "storm", trees, *arguments, "--gust", gust, "--out", tmp_path / "out.csv"
        )
        assert done.exit_code == 0, done.output
