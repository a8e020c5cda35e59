"""Layers and inventories of strikes: what is read, what is refused, what it would mean."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString, Point, box

from arborisk.errors import AssessmentError, MissingDependencyError, SettingsError
from arborisk.risk.storm.places import METRES
from arborisk.risk.strike.analysis import StrikeRequest, analyse_strike
from arborisk.risk.strike.by_target import strikes_by_target
from arborisk.risk.strike.directions import directions_of, toward, uniform_directions
from arborisk.risk.strike.run import run_strike
from arborisk.risk.strike.targets import NEAR_WIRES
from arborisk.risk.strike.utility import LEANS_BELOW, contact_words, read_consequences
from arborisk.risk.strike.vector_files import read_layer
from arborisk.risk.strike.words import (
    as_json,
    consequence_sentences,
    pair_rows,
    tree_rows,
    write_zones,
)

LINE = {"conductor_height_m": 9, "conductor_height_sd_m": 0.5}
TREES = (
    "tree_id,height_m,condition,x_m,y_m,p_year,p_year_low,p_year_high\n"
    "a,20,living,0,-6,0.1,0.05,0.2\nb,20,dead,0,-25,0.2,0.1,0.3\n"
)


@pytest.fixture
def town(tmp_path):
    """Files of two trees and a line, and the request for them: `town(trees=..., line=...)`."""

    def make(trees=TREES, line=LINE, **options):
        (tmp_path / "trees.csv").write_text(trees)
        shape = {"type": "LineString", "coordinates": [[-400, 0], [400, 0]]}
        feature = {"type": "Feature", "geometry": shape, "properties": {"circuit": "A1"} | line}
        layer = {
            "type": "FeatureCollection",
            "features": [feature],
            "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::32618"}},
        }
        (tmp_path / "lines.geojson").write_text(json.dumps(layer))
        return StrikeRequest(
            inventory=tmp_path / "trees.csv",
            lines=str(tmp_path / "lines.geojson"),
            **({"position_error_m": 1.0} | options),
        )

    return make


def test_expected_strikes_on_a_circuit_are_the_sum_over_its_trees(town):
    found = analyse_strike(town(failure="p_year"))
    (circuit,) = strikes_by_target(found.result)
    chance = found.result.by_kind[0].value
    assert circuit.expected == pytest.approx(0.1 * chance[0] + 0.2 * chance[1])
    assert circuit.expected_low == pytest.approx(0.05 * chance[0] + 0.1 * chance[1])
    # A dead tree 25 m off reaches 30 m; a living one of 20 m would not have met the line.
    assert chance[1] > 0.15
    rows = pair_rows(found)
    assert {row["near_wires"] for row in rows} == {NEAR_WIRES}
    assert as_json(found)["targets"][0]["trees_in_reach"] == 2


def test_consequences_are_what_the_owner_states(town):
    stated = {
        "repair_cost_low": 2000, "repair_cost_high": 9000, "customers": 200,
        "outage_hours_low": 2, "outage_hours_high": 6, "fire_ground": "yes",
    }  # fmt: skip
    (circuit,) = strikes_by_target(
        analyse_strike(town(line=LINE | stated, failure="p_year")).result
    )
    assert circuit.repair_cost.low == pytest.approx(2000 * circuit.expected_low)
    assert circuit.customer_hours.high == pytest.approx(1200 * circuit.expected_high)
    direct, indirect, missing = consequence_sentences(circuit)
    assert "repair 2,000 to 9,000 a strike" in direct
    assert "catch fire: yes; people below: not stated" in indirect
    assert missing.endswith("in the layer: people_below.")
    with pytest.raises(AssessmentError, match="ascending"):
        read_consequences({"repair_cost_low": 5, "repair_cost_high": 1}, "")
    assert contact_words(LEANS_BELOW - 0.01) != contact_words(LEANS_BELOW)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("c,20,,5,5,0,0,0", "condition.*dead and brittle trees reach further"),
        ("c,20,living,,5,0,0,0", "a place; found none"),
        ("c,2000,living,5,5,0,0,0", "height_m from 4 to 116; found '2000'.*row 4"),
        ("c,20,living,5,5,1.2,0,0", "p_year from 0 to 1; found '1.2'"),
        ("c,20,living,5,5,0.1,0.2,0.3", "p_year within its ends"),
        ("c,20,living,5,5,,,", "p_year; found nothing.*arborisk storm"),
        ("a,20,living,5,5,0,0,0", "'a' again, after row 2"),
    ],
)
def test_a_bad_row_is_refused_by_name_and_spoils_no_other(town, row, says):
    found = analyse_strike(town(trees=TREES + row + "\n", failure="p_year", draws=2))
    assert len(found.result.trees) == 2
    assert re.search(says, found.checked.refused[0][2]), found.checked.refused
    assert tree_rows(found)[2]["strike_status"] == "refused"


def test_targets_without_their_measures_are_left_out_and_named(town, targets_of):
    with pytest.raises(AssessmentError, match=r"conductor_height_m and .*--conductor-height"):
        analyse_strike(town(line={}))
    given = analyse_strike(town(line={}, conductor_height="9±1", draws=2))
    assert given.result.targets.height_deviation_m.tolist() == [1.0]
    road = LineString([(0, 10), (50, 10)])
    found = targets_of(
        road=[(road, {"width_m": 6, "name": "Elm"}), (road, {}), (Point(0, 0), {})],
        building=[(None, {}), (box(0, 20, 9, 30), {})],
        line=[(road, LINE | {"conductor_height_m": 900})],
    )
    assert [target.name for target in found.targets] == ["Elm", "building 2"]
    assert found.areas[0].bounds == (0, 7, 50, 13)
    words = " ".join(found.refused)
    for part in ("--road-width", "outline of a road; found Point", "building; found none", "900"):
        assert part in words


def test_lines_from_one_layer_of_a_geopackage(town, tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "net.gpkg") as database:
        database.executescript(
            "CREATE TABLE gpkg_contents (table_name, data_type);"
            "CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id);"
            "CREATE TABLE gpkg_spatial_ref_sys "
            "(srs_id, organization, organization_coordsys_id, definition);"
            "INSERT INTO gpkg_spatial_ref_sys VALUES (32618, 'EPSG', 32618, 'UNIT[\"metre\",1]');"
        )
        for layer, y in (("low voltage", 0.0), ("high", 500.0)):
            database.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (layer,))
            row = (layer, "shape", 32618)
            database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?)", row)
            database.execute(
                f'CREATE TABLE "{layer}" '
                "(shape BLOB, circuit, conductor_height_m, conductor_height_sd_m)"
            )
            # With an envelope, as QGIS writes it: flags 3, four numbers before the shape.
            head = b"GP\0\3" + (32618).to_bytes(4, "little") + bytes(32)
            wkb = head + LineString([(-400, y), (400, y)]).wkb
            database.execute(f'INSERT INTO "{layer}" VALUES (?, ?, 9, 0.5)', (wkb, layer))
    database.close()
    known = analyse_strike(town(draws=20)).result.by_kind[0].value
    request = town(draws=20)
    chosen = replace(request, lines=f"{tmp_path / 'net.gpkg'}:low voltage")
    assert analyse_strike(chosen).result.by_kind[0].value == pytest.approx(known)
    with pytest.raises(
        AssessmentError, match="one layer of features, or its name; found high, low"
    ):
        analyse_strike(replace(request, lines=str(tmp_path / "net.gpkg")))


def test_without_shapely_the_command_to_install_it_is_told(town, monkeypatch):
    import sys

    request = town()
    monkeypatch.setitem(sys.modules, "shapely", None)
    with pytest.raises(MissingDependencyError, match=r"pip install '\.\[geo\]'"):
        analyse_strike(request)


def test_files_that_do_not_go_together_are_refused(town, tmp_path):
    degrees = TREES.replace("x_m,y_m", "longitude,latitude").replace("-25", "-6")
    with pytest.raises(AssessmentError, match=r"coordinates in EPSG:4326.*found EPSG:32618"):
        analyse_strike(town(trees=degrees))
    with pytest.raises(AssessmentError, match=r"no column p_storm.*arborisk storm --out"):
        analyse_strike(town(failure="p_storm"))
    with pytest.raises(SettingsError, match="no layer"):
        analyse_strike(StrikeRequest(inventory=tmp_path / "trees.csv", position_error_m=1.0))
    with pytest.raises(SettingsError, match="State how far"):
        analyse_strike(town(position_error_m=float("nan")))


def test_directions_by_option_by_table_and_by_tree(town, tmp_path, make_trees, targets_of):
    north, south = (
        analyse_strike(town(direction=f"{bearing},4", draws=20)).result.by_kind[0].value[0]
        for bearing in (0, 180)
    )
    assert north > 0.8 > 0.05 > south
    (tmp_path / "gusts.csv").write_text("bearing_deg,weight\n0,1\n90,0\n180,0\n270,0\n")
    table = analyse_strike(town(direction=str(tmp_path / "gusts.csv"), draws=20))
    assert table.result.by_kind[0].value[0] > 0.7
    leaning = TREES.replace("x_m", "fall_bearing_deg,fall_kappa,x_m").replace(
        "living,", "living,180,4,").replace("dead,", "dead,,,")  # fmt: skip
    own = analyse_strike(town(trees=leaning, draws=20)).result
    assert own.by_kind[0].value[0] == pytest.approx(south, abs=0.02)
    # A density that is the same all round is the uniform one, whatever its scale.
    line = targets_of(line=[(LineString([(-9, 5), (30, 8)]), LINE)])
    chances = [
        run_strike(make_trees([(0, 0)]), line, way, position_error_m=0.0, n_draws=1).pair.value
        for way in (uniform_directions(1), toward(33.0, 0.0, ""),
                    directions_of(lambda b: 7.0 + 0.0 * b, 1, ""))
    ]  # fmt: skip
    assert chances[1] == pytest.approx(chances[0]) and chances[2] == pytest.approx(chances[0])
    with pytest.raises(AssessmentError, match="weights of at least 0"):
        directions_of(lambda b: b - 10.0, 1, "")


def test_a_crown_widens_the_chance_and_must_be_known(town):
    with pytest.raises(AssessmentError, match=r"crown_width_m; found nothing"):
        analyse_strike(town(crown=True))
    wide = TREES.replace("x_m", "crown_width_m,x_m").replace(",living,", ",living,8,")
    wide = wide.replace(",dead,", ",dead,8,")
    thin, crowned = (
        analyse_strike(town(trees=wide, crown=crown, draws=50)).result.by_kind[0].value
        for crown in (False, True)
    )
    assert np.all(crowned > thin + 0.03)


def test_fall_zones_are_circles_of_the_reach(town, tmp_path):
    found = analyse_strike(town(draws=2))
    layer = read_layer(write_zones(found, tmp_path / "z.geojson"))
    assert layer.system == METRES
    ring = np.array(layer.features[1].shape.exterior.coords)
    assert np.hypot(ring[:, 0], ring[:, 1] + 25) == pytest.approx(30.0, abs=1e-6)
