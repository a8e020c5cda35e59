"""Layers and inventories of strikes: what is read, what is refused, what it would mean."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString, Point, box

from arborisk.errors import AssessmentError, MissingDependencyError, SettingsError, TableError
from arborisk.risk.strike.analysis import StrikeRequest, analyse_strike
from arborisk.risk.strike.by_target import (
    LEANS_BELOW,
    contact_words,
    read_consequences,
    strikes_by_target,
)
from arborisk.risk.strike.geometry import directions_of, toward, uniform_directions
from arborisk.risk.strike.run import run_strike
from arborisk.risk.strike.tables import as_json, out_rows, pair_rows, write_pairs, write_zones
from arborisk.risk.strike.words import (
    consequence_sentences,
    detail_sentences,
    first_lines,
    headline,
    wires_line,
)
from arborisk.tables.choices import TableChoices
from arborisk.tables.layers import shapes_of
from arborisk.tables.read import read_table
from arborisk.wording.sentences import IMMINENT, NEAR_WIRES, WIRES_NOT_RULED_OUT

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
            "crs": {"properties": {"name": "metres"}},
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
    assert {row["tree_id"] for row in rows} == {"a", "b"}
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
        ("c,20,living,,5,0,0,0", "x_m without y_m|y_m without x_m"),
        ("c,2000,living,5,5,0,0,0", "height_m.*from 0.3 to 130 m; found '2000'.*row 4"),
        ("c,20,living,5,5,1.2,0,0", "p_year from 0 to 1; found '1.2'"),
        ("c,20,living,5,5,0.1,0.2,0.3", "p_year within its ends"),
        ("c,20,living,5,5,,,", "p_year; found nothing.*storm_reason"),
        ("a,20,living,5,5,0,0,0", "'a' stands again, after row 2"),
    ],
)
def test_a_bad_row_is_refused_by_name_and_spoils_no_other(town, row, says):
    found = analyse_strike(town(trees=TREES + row + "\n", failure="p_year", draws=2))
    assert len(found.result.trees) == 2
    assert re.search(says, found.checked.refused[0].reason), found.checked.refused
    assert out_rows(found).rows[2]["strike_status"] == "refused"
    assert "Not counted, so more may: 1 tree that could not be computed" in headline(found)


def test_targets_without_their_measures_are_left_out_and_named(town, targets_of):
    with pytest.raises(AssessmentError, match=r"conductor_height_m and .*--conductor-height"):
        analyse_strike(town(line={}))
    given = analyse_strike(town(line={}, conductor_height="9±1", draws=2))
    assert given.result.targets.height_deviation_m.tolist() == [1.0]
    half = analyse_strike(town(line={"conductor_height_m": 8}, conductor_height="9±1", draws=2))
    assert half.result.targets.height_m.tolist() == [8.0]
    assert half.result.targets.height_deviation_m.tolist() == [1.0]
    road = LineString([(0, 10), (50, 10)])
    found = targets_of(
        road=[(road, {"width_m": 6, "name": "Elm"}), (road, {}), (Point(0, 0), {})],
        building=[(None, {}), (box(0, 20, 9, 30), {})],
        line=[(road, LINE | {"conductor_height_m": 900})],
    )
    assert [target.name for target in found.targets] == ["Elm", "building 2"]
    assert found.areas[0].bounds == (0, 7, 50, 13)
    words = " ".join(one.reason for one in found.refused)
    for part in ("--road-width", "outline of a road; found Point", "it has no shape", "900"):
        assert part in words


UTM = "tree_id,height_m,condition,x_m,y_m\na,20,living,425000,4660000\nb,20,living,425000,4659994\n"


def in_system(path, code):
    """A line 6 m north of tree b of `UTM`, in the system of a code."""
    from pyproj import Transformer

    turn = Transformer.from_crs(32618, code, always_xy=True)
    ends = [turn.transform(424600.0, 4660000.0), turn.transform(425400.0, 4660000.0)]
    shape = {"type": "LineString", "coordinates": ends}
    line = {"type": "Feature", "geometry": shape, "properties": LINE}
    crs = {"properties": {"name": f"EPSG:{code}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [line], "crs": crs}))
    return str(path)


def test_any_system_gives_the_same_chances(tmp_path):
    pytest.importorskip("pyproj")
    (tmp_path / "trees.csv").write_text(UTM)
    found = []
    for trees_in, lines_in in ((32618, 32618), (32618, 2261), (32618, 3857), (32618, 4326)):
        request = StrikeRequest(
            inventory=tmp_path / "trees.csv",
            choices=TableChoices(places=f"EPSG:{trees_in}"),
            lines=in_system(tmp_path / "lines.geojson", lines_in),
            position_error_m=1.0,
            draws=20,
        )
        result = analyse_strike(request).result
        assert result.distance_m == pytest.approx([0.0, 6.0], abs=0.05), lines_in
        found.append(result.by_kind[0].value)
    for chances in found[1:]:
        assert chances == pytest.approx(found[0], abs=1e-3)


def test_unnamed_metres_are_those_of_a_layer_in_metres_and_that_is_said(tmp_path):
    pytest.importorskip("pyproj")
    (tmp_path / "trees.csv").write_text(UTM)
    request = StrikeRequest(
        inventory=tmp_path / "trees.csv",
        lines=in_system(tmp_path / "lines.geojson", 32618),
        position_error_m=1.0,
        draws=5,
    )
    found = analyse_strike(request)
    assert found.result.distance_m == pytest.approx([0.0, 6.0], abs=0.05)
    assert "UTM zone 18N" in found.notes[0]


def degrees(path, coordinates, properties=LINE):
    shape = {"type": "LineString", "coordinates": coordinates}
    line = {"type": "Feature", "geometry": shape, "properties": properties}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [line]}))
    return str(path)


def test_layers_that_cannot_belong_together_are_refused_not_counted_as_none(town, tmp_path):
    trees = "tree_id,height_m,condition,longitude,latitude\na,20,living,48.14,11.57\n"
    swapped = degrees(tmp_path / "s.geojson", [[11.57, 48.14], [11.58, 48.14]])
    with pytest.raises(TableError, match=r"trees and lines that can belong.*are exchanged"):
        analyse_strike(replace(town(trees=trees), lines=swapped))
    far = degrees(tmp_path / "f.geojson", [[48.14, 11.60], [48.15, 11.60]])
    with pytest.raises(TableError, match=r"lie 3\.3 km apart.*do not belong together"):
        analyse_strike(replace(town(trees=trees), lines=far))
    with pytest.raises(TableError, match="plane of their own and the other layer on Earth"):
        analyse_strike(replace(town(), lines=far))


def test_a_corner_that_is_no_place_names_its_line_first(town, tmp_path):
    trees = "tree_id,height_m,condition,longitude,latitude\na,20,living,-72.52,42.37\n"
    request = town(trees=trees, draws=2)
    lines = [
        ([[-72.53, 42.37], [-72.52, float("nan")], [-72.51, 42.37]], {"circuit": "A12"}),
        ([[-72.53, 42.3705], [-72.51, 42.3705]], {"circuit": "B7"}),
    ]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": shape},
            "properties": LINE | properties,
        }
        for shape, properties in lines
    ]
    (tmp_path / "lines.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features})
    )
    found = analyse_strike(request)
    wires, lost = first_lines(found)
    assert NEAR_WIRES in wires and "What could not be computed" in wires
    assert lost.startswith("Left out, so that no count holds it: line A12.")
    assert "1 of 3 corners that are no place (feature 1 of lines.geojson)" in lost
    assert headline(found) == (
        "Of 1 tree, should they fail, none could meet a line. Not counted, so more may: 1 line "
        "that was left out (A12)."
    )


def test_none_in_reach_of_whole_layers_is_said_plainly(town):
    far = "tree_id,height_m,condition,x_m,y_m\na,20,living,0,-200\n"
    found = analyse_strike(town(trees=far, draws=2))
    assert headline(found) == "Of 1 tree, should they fail, none could meet a line."
    (row,) = out_rows(found).rows
    assert (row["p_line"], row["p_road"]) == (1e-06, None)  # no road was looked for
    assert wires_line(found) == row["near_wires"] == WIRES_NOT_RULED_OUT


def test_imminent_comes_first_and_the_user_s_columns_stay(town, tmp_path):
    trees = TREES.replace("tree_id,", "tree_id,failure,").replace("a,20", "a,Possible,20")
    found = analyse_strike(town(trees=trees.replace("b,20", "b,Imminent,20"), draws=2))
    assert first_lines(found)[0] == f"{IMMINENT} It stands at tree b."
    assert next(iter(as_json(found).items())) == (
        "imminent", {"ids": ["b"], "sentence": IMMINENT},
    )  # fmt: skip
    written = read_table(out_rows(found).write(tmp_path / "out.csv"))
    assert [row[0] for row in written.rows] == ["b", "a"]
    assert written.headers[:8] == (
        "tree_id", "failure", "height_m", "condition", "x_m", "y_m", "p_year", "p_year_low",
    )  # fmt: skip
    pairs = read_table(write_pairs(found, tmp_path / "pairs.jsonl"))
    assert {type(row[pairs.headers.index("p_strike")]) for row in pairs.rows} == {float}


def test_units_of_lines_and_roads_are_stated_or_asked_for(town):
    feet = {"conductor_height (ft)": "30 ± 2"}
    found = analyse_strike(town(line=feet, draws=2)).result.targets
    assert found.height_m.tolist() == pytest.approx([9.144])
    assert found.height_deviation_m.tolist() == pytest.approx([0.6096])
    with pytest.raises(TableError, match=r"--units conductor_height=ft"):
        analyse_strike(town(line={"conductor_height": 30}))
    by_option = analyse_strike(town(line={}, conductor_height="30±2 ft", draws=2))
    assert by_option.result.targets.height_m.tolist() == pytest.approx([9.144])
    assert "taken at 9.14±0.61 m" in " ".join(detail_sentences(by_option))
    with pytest.raises(SettingsError, match="Add the deviation"):
        analyse_strike(town(line={}, conductor_height="30 ft"))


def test_without_shapely_the_command_to_install_it_is_told(town, monkeypatch):
    import sys

    request = town()
    monkeypatch.setitem(sys.modules, "shapely", None)
    with pytest.raises(MissingDependencyError, match=r"pip install '\.\[geo\]'"):
        analyse_strike(request)


def test_files_that_do_not_go_together_are_refused(town, tmp_path):
    with pytest.raises(AssessmentError, match=r"p_storm_low, p_storm_high.*arborisk risk storm"):
        analyse_strike(town(failure="p_storm"))
    nowhere = TREES.replace("x_m,y_m", "left,right")
    with pytest.raises(AssessmentError, match=r"places of the trees.*--column longitude=HEADER"):
        analyse_strike(town(trees=nowhere))
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
    with pytest.raises(
        AssessmentError, match=r"crown_width_m, the widest crown extent; found nothing"
    ):
        analyse_strike(town(crown=True))
    wide = TREES.replace("x_m", "crown_width_m,x_m").replace(",living,", ",living,8,")
    wide = wide.replace(",dead,", ",dead,8,")
    thin, crowned = (
        analyse_strike(town(trees=wide, crown=crown, draws=50)).result.by_kind[0].value
        for crown in (False, True)
    )
    assert np.all(crowned > thin + 0.03)


def test_fall_zones_are_circles_of_the_reach_in_longitude_and_latitude(town, tmp_path):
    pytest.importorskip("pyproj")
    lines = degrees(tmp_path / "l.geojson", [[-72.53, 42.37], [-72.51, 42.37]])
    trees = "tree_id,height_m,condition,longitude,latitude\nb,20,dead,-72.52,42.37\n"
    found = analyse_strike(replace(town(trees=trees, draws=2), lines=lines))
    table = read_table(write_zones(found, tmp_path / "z.geojson"))
    written = json.loads((tmp_path / "z.geojson").read_text())
    assert "crs" not in written
    assert written["features"][0]["properties"]["near_wires"] == NEAR_WIRES
    (zone,) = shapes_of(table).shapes
    assert zone.exterior.is_ccw and zone.exterior.is_closed
    east, north = found.checked.ground.to(*np.array(zone.exterior.coords).T)
    assert np.hypot(east, north) == pytest.approx(30.0, abs=0.02)
