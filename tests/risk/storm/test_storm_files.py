"""Inventories, climates and gust maps: what is read, and what is refused with a remedy."""

import json
import re
import sqlite3
import struct

import numpy as np
import pytest

from arborisk.errors import AssessmentError
from arborisk.mechanics import gumbel_gust
from arborisk.risk.storm.analysis import StormRequest, analyse_storm
from arborisk.risk.storm.assumptions import load_assumptions
from arborisk.risk.storm.climate import climate_from_years, gumbel_by_l_moments, read_climate
from arborisk.risk.storm.places import DEGREES, Frame
from arborisk.risk.storm.scenario import one_gust
from arborisk.risk.storm.tables import as_json, tree_rows, write_trees
from arborisk.risk.storm.tree_table import read_tree_table
from arborisk.risk.storm.trees import check_trees

HEADER = "tree_id,street,kind,height_m,dbh_cm,wall_ratio,longitude,latitude\n"
GOOD = "a,Elm,broadleaf,18,52,0.3,-72.52,42.37\nb,Oak,conifer,22,40,,-72.518,42.371\n"


@pytest.fixture
def inventory(tmp_path):
    """`inventory(text)`: writes an inventory, and gives its path."""

    def write(text=HEADER + GOOD, name="trees.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def check(path, **options):
    options = {"fill_missing": True} | options
    return check_trees(read_tree_table(path), load_assumptions(), **options)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("c,Elm,broadleaf,18,300000,,,", "dbh_cm.*from 3 to 1200 cm.*'300000'.*row 4"),
        ("c,Elm,broadleaf,-18,50,,,", "height_m.*'-18'.*row 4 of trees.csv"),
        ("c,Elm,broadleaf,18,50,1.2,,", "wall_ratio.*1 is sound"),
        ("c,Elm,palm,18,50,,,", "broadleaf or conifer; found 'palm'"),
        ("c,Elm,,18,50,,,", "broadleaf or conifer; found nothing.*--kind"),
        ("c,Elm,broadleaf,,50,,,", "height_m.*found nothing.*Measure it."),
        ('c,Elm,broadleaf,"18,5",50,,,', "'18,5'.*a point, not a comma"),
        ("a,Elm,broadleaf,18,50,,,", "'a' again, after row 2"),
    ],
)
def test_a_bad_row_is_refused_by_name_and_spoils_no_other(inventory, row, says):
    found = check(inventory(HEADER + GOOD + row + "\n"))
    assert found.trees.tree_id == ("a", "b")
    (refused,) = found.refused
    assert re.search(says, refused.reason), refused.reason


def test_what_is_missing_is_refused_or_drawn_never_assumed_in_silence(inventory):
    found = check(inventory())
    assert "wall_ratio" in found.trees.assumed_of(1)
    assert "wall_ratio" not in found.trees.assumed_of(0)
    with pytest.raises(AssessmentError, match=r"crown_width_m.*nothing.*--fill-missing"):
        check(inventory(), fill_missing=False)


def test_errors_of_measurement_are_the_columns_or_the_stated_ones(inventory):
    text = "tree,kind,height_m,height_m_sd,dbh_m,lean_deg,lean_deg_sd\n1,conifer,20,2,0.4,5,1\n"
    found = check(inventory(text + "2,conifer,20,,0.4,5,\n"))
    assert found.trees.centre["dbh_cm"] == pytest.approx(40)
    assert found.trees.error["height_m"] == pytest.approx([np.sqrt(np.log(1.01)), 0.07])
    assert found.trees.error["lean_deg"] == pytest.approx([1.0, 2.0])
    bad = check(inventory(text + "2,conifer,20,-1,0.4,5,\n"))
    assert "height_m_sd" in bad.refused[0].reason


def test_a_closed_stem_is_seen_and_an_opening_is_measured(inventory):
    text = "tree,kind,height_m,dbh_cm,opening_share\n1,conifer,20,40,0\n2,conifer,20,40,0.2\n"
    found = check(inventory(text))
    assert found.trees.error["opening_share"].tolist() == [0.0, 0.03]


def geopackage(path, rows, code=4326, definition="GEOGCS"):
    """A GeoPackage of points, as small as it may be."""
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE gpkg_contents (table_name, data_type);"
            "CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id);"
            "CREATE TABLE gpkg_spatial_ref_sys "
            "(srs_id, organization, organization_coordsys_id, definition);"
            "CREATE TABLE trees (fid INTEGER, geom BLOB, tree_id, street, kind, height_m, dbh_cm);"
            "INSERT INTO gpkg_contents VALUES ('trees', 'features');"
            f"INSERT INTO gpkg_geometry_columns VALUES ('trees', 'geom', {code});"
        )
        database.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, 'EPSG', ?, ?)", (code, code, definition)
        )
        for number, (x, y, *values) in enumerate(rows, start=1):
            blob = b"GP\0\1" + struct.pack("<i", code) + b"\1" + struct.pack("<Idd", 1, x, y)
            marks = "?, " * 6 + "?"
            database.execute(f"INSERT INTO trees VALUES ({marks})", (number, blob, *values))
    database.close()


def test_csv_geojson_and_geopackage_are_read_alike(inventory, tmp_path):
    csv = read_tree_table(inventory())
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [x, y]},
            "properties": {
                "tree_id": name, "street": street, "kind": kind, "height_m": height, "dbh_cm": dbh,
            },
        }
        for x, y, name, street, kind, height, dbh in (
            (-72.52, 42.37, "a", "Elm", "broadleaf", 18, 52),
            (-72.518, 42.371, "b", "Oak", "conifer", 22, 40),
        )
    ]  # fmt: skip
    geojson = inventory(
        json.dumps({"type": "FeatureCollection", "features": features}), "t.geojson"
    )
    rows = [(*f["geometry"]["coordinates"], *f["properties"].values()) for f in features]
    geopackage(tmp_path / "t.gpkg", rows)
    for other in (read_tree_table(geojson), read_tree_table(tmp_path / "t.gpkg")):
        assert other.system == DEGREES == csv.system
        for name in ("tree_id", "street", "kind", "height_m", "dbh_cm"):
            assert other.columns[name] == csv.columns[name]
        assert (other.x.tolist(), other.y.tolist()) == (csv.x.tolist(), csv.y.tolist())


def test_a_geopackage_in_metres_and_one_in_feet(tmp_path):
    row = (500_000.0, 4_690_000.0, "a", "Elm", "broadleaf", 18, 52)
    metres = 'PROJCS["UTM",UNIT["degree",0.017],UNIT["metre",1]]'
    geopackage(tmp_path / "m.gpkg", [row], 32618, metres)
    assert read_tree_table(tmp_path / "m.gpkg").system == "EPSG:32618"
    geopackage(tmp_path / "f.gpkg", [row], 2263, 'PROJCS["x",UNIT["US survey foot",0.3]]')
    with pytest.raises(AssessmentError, match=r"EPSG:2263.*Reproject"):
        read_tree_table(tmp_path / "f.gpkg")


def test_degrees_become_metres_and_back():
    x, y = np.array([-72.52, -72.51]), np.array([42.37, 42.38])
    frame = Frame.around(DEGREES, x, y, "")
    east, north = frame.metres(x, y)
    # By hand with the radii at 42.375°: 6,387,858 m x 0.73875 and 6,364,455 m, a hundredth of 1°.
    assert np.diff(east) == pytest.approx(823.6, abs=0.1)
    assert np.diff(north) == pytest.approx(1110.8, abs=0.1)
    assert frame.back(east, north)[0] == pytest.approx(x, abs=1e-12)
    with pytest.raises(AssessmentError, match="Exchange the columns"):
        Frame.around(DEGREES, y + 4e5, x, "")
    with pytest.raises(AssessmentError, match="Split the file"):
        Frame.around(DEGREES, x, np.array([40.0, 43.0]), "")


@pytest.mark.parametrize("text", ["32", "32±", "gale", "200±5", "30±40", "0±0"])
def test_a_gust_without_doubt_or_reason_is_refused(text):
    with pytest.raises(AssessmentError, match="m/s"):
        one_gust(text)


def climate(inventory, text, n_worlds=4000):
    return read_climate(inventory(f'source = "known"\n{text}', "c.toml"), n_worlds, 0)


def test_climates_by_each_way_agree(inventory):
    mode, scale = 22.0, 2.5
    gusts = [float(gumbel_gust(mode, scale, years)) for years in (2.0, 50.0)]
    gumbel = climate(inventory, 'law = "gumbel"\nmode_ms = [22.0, 0.5]\nscale_ms = [2.5, 0.2]')
    returns = climate(
        inventory,
        'law = "return_gusts"\nreturn_years = [2, 50]\n'
        f"return_gusts_ms = [[{gusts[0]}, 0.5], [{gusts[1]}, 1.0]]",
    )
    for found in (gumbel, returns):
        exceeded = found.exceedance(gusts[1])
        assert np.median(exceeded) == pytest.approx(0.02, rel=0.06)
        assert np.quantile(exceeded, 0.9) > 0.025
    weibull = climate(
        inventory,
        'law = "weibull"\nscale_ms = [5.0, 0.0]\nshape = [2.0, 0.0]\ngust_factor = [1.6, 0.0]\n'
        "independent_hours = [3500, 0.0]",
    )
    # The mode of the strongest of n: A sqrt(ln n), times the gust factor; exceeded by 1 - 1/e.
    at_mode = weibull.exceedance(1.6 * 5.0 * np.sqrt(np.log(3500)))
    assert at_mode == pytest.approx(1 - np.exp(-1), abs=1e-3)


def test_yearly_gusts_give_a_climate_with_the_doubt_of_few_years():
    rng = np.random.default_rng(2)
    mode, scale = gumbel_by_l_moments(rng.gumbel(22.0, 2.5, (2000, 30)))
    assert (mode.mean(), scale.mean()) == pytest.approx((22.0, 2.5), abs=0.05)
    wide, narrow = (
        climate_from_years(rng.gumbel(22.0, 2.5, n_years), 500, rng, "", "") for n_years in (10, 90)
    )
    assert wide.second.std() > 2 * narrow.second.std()
    with pytest.raises(AssessmentError, match="at least 10 yearly gusts"):
        climate_from_years(np.full(9, 20.0), 10, rng, "c.toml", "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('law = "gumbel"\nmode_ms = [22, 1]', "scale_ms for the law 'gumbel'; found mode_ms"),
        ('law = "gumbel"\nmode_ms = 22.0\nscale_ms = [2, 0]', "value, standard deviation"),
        ('law = "gumbel"\nmode_ms = [22, 1]\nscale_ms = [2, 3]', "to below the value"),
        ('law = "frechet"', "law"),
        ('law = "gumbel"\nmood_ms = [1, 1]', "mood_ms"),
    ],
)
def test_a_climate_that_does_not_say_enough_is_refused(inventory, text, says):
    with pytest.raises(AssessmentError, match=says):
        climate(inventory, text, 10)


def test_a_gust_map_of_points_and_of_areas(inventory, tmp_path):
    pytest.importorskip("shapely")
    corners = [(-72.53, 42.36), (-72.51, 42.36), (-72.51, 42.38), (-72.53, 42.38)]
    points = "longitude,latitude,gust_ms,gust_sd_ms\n" + "\n".join(
        f"{x},{y},{30 + 1000 * (x + 72.52)},2" for x, y in corners
    )
    area = {
        "type": "Feature",
        "properties": {"gust_ms": 31, "gust_sd_ms": 1},
        "geometry": {"type": "Polygon", "coordinates": [[*corners, corners[0]]]},
    }
    layer = json.dumps({"type": "FeatureCollection", "features": [area]})
    trees = inventory(HEADER + GOOD + "c,Elm,broadleaf,18,52,,-72.0,42.37\n")
    for path, gusts in (
        (inventory(points, "map.csv"), (30.0, 32.0)),
        (inventory(layer, "map.geojson"), (31.0, 31.0)),
    ):
        found = analyse_storm(
            StormRequest(inventory=trees, gust_map=path, fill_missing=True, draws=1000)
        )
        assert found.result.storm.gust_ms == pytest.approx(gusts)
        assert "a place on the gust map" in found.refused[0].reason


def test_what_is_written_holds_every_row_and_can_be_read_again(inventory, tmp_path):
    path = inventory(HEADER + GOOD + "c,Elm,broadleaf,180,52,,,\n")
    found = analyse_storm(
        StormRequest(inventory=path, gust="32±2", by="street", fill_missing=True, draws=1000)
    )
    rows = tree_rows(found)
    assert [row["status"] for row in rows] == ["computed", "computed", "refused"]
    assert "height_m" in rows[2]["reason"] and rows[2]["p_storm"] == ""
    for name in ("out.csv", "out.geojson"):
        again = read_tree_table(write_trees(found, tmp_path / name))
        assert again.columns["tree_id"] == ["a", "b", "c"]
        assert float(again.columns["p_storm"][0]) == rows[0]["p_storm"]
    said = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert sum(group["expected"] for group in said["groups"]) == pytest.approx(
        said["total"]["expected"], abs=1e-3
    )
    assert said["assumptions"]["name"] == "open_grown_2026"
    assert len(said["refused"]) == 1


def test_an_assumption_set_that_is_incomplete_is_refused(tmp_path):
    from importlib import resources

    text = resources.files("arborisk.risk.storm").joinpath("open_grown_2026.toml").read_text()
    (tmp_path / "mine.toml").write_text(text.replace("root_kept", "root_held", 1))
    with pytest.raises(AssessmentError, match="root_kept is missing, root_held is not known"):
        load_assumptions(str(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text(text.replace("centre = 50.0", "centre = 5000.0"))
    with pytest.raises(AssessmentError, match="5000 not in 5-200"):
        load_assumptions(str(tmp_path / "mine.toml"))
