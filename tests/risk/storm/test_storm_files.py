"""Inventories, climates and gust maps: what is read, and what is refused with a remedy."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from arborisk.errors import AssessmentError, SettingsError, TableError
from arborisk.mechanics.wind import gumbel_gust
from arborisk.risk.storm.analysis import StormRequest, analyse_storm
from arborisk.risk.storm.assumptions import load_assumptions
from arborisk.risk.storm.climate import climate_from_years, gumbel_by_l_moments, read_climate
from arborisk.risk.storm.left_out import Status
from arborisk.risk.storm.scenario import one_gust
from arborisk.risk.storm.tables import as_json, detail_sentences, first_lines, out_rows
from arborisk.risk.storm.trees import check_trees
from arborisk.tables.choices import TableChoices
from arborisk.tables.read import read_table
from arborisk.tables.role_table import read_role_table
from arborisk.wording.sentences import IMMINENT

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
    choices = options.pop("choices", None)
    rows = read_role_table(path, choices, command="storm")
    return check_trees(rows, load_assumptions(), **options)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("c,Elm,broadleaf,18,300000,,,", "dbh_cm.*from 0.3 to 1200 cm.*'300000'.*row 4"),
        ("c,Elm,broadleaf,-18,50,,,", "height_m.*'-18'.*row 4 of trees.csv"),
        ("c,Elm,broadleaf,18,50,1.2,,", "wall_ratio.*1 is sound"),
        ("c,Elm,palm,18,50,,,", "broadleaf or conifer; found 'palm'"),
        ("c,Elm,,18,50,,,", "broadleaf or conifer; found nothing.*--kind"),
        ("c,Elm,broadleaf,,50,,,", "height_m.*found nothing.*Measure it."),
        ("c,Elm,broadleaf,tall,50,,,", "readable height.*'tall'.*row 4 of trees.csv"),
        ("c,Elm,broadleaf,18,5,52,,-72.5,42.3", "a row that can be read.*9 cells"),
        ("a,Elm,broadleaf,18,50,,,", "'a' stands again, after row 2, and no date"),
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
    assert "standard deviation -1, below 0" in bad.refused[0].reason


def test_a_closed_stem_is_seen_and_an_opening_is_measured(inventory):
    text = "tree,kind,height_m,dbh_cm,opening_share\n1,conifer,20,40,0\n2,conifer,20,40,0.2\n"
    found = check(inventory(text))
    assert found.trees.error["opening_share"].tolist() == [0.0, 0.03]


def test_every_unit_gives_the_same_tree_and_none_is_guessed(inventory):
    metres = check(inventory("tree,kind,height_m,dbh_cm\n1,conifer,19.812,50.8\n")).trees
    for header, row, units in (
        ("Height (ft),DBH (in)", "65,20", {}),
        ("height,dbh", '65 ft,"20"""', {}),
        ("height,dbh", "65,20", {"height": "ft", "dbh": "in"}),
        ("heightM,Umfang (cm)", "19.812,159.593", {}),
    ):
        path = inventory(f"tree,kind,{header}\n1,conifer,{row}\n")
        trees = check(path, choices=TableChoices(units=units)).trees
        for name in ("height_m", "dbh_cm"):
            assert trees.centre[name] == pytest.approx(metres.centre[name], rel=1e-4), header
    with pytest.raises(TableError, match=r"unit of the height.*--units height=ft") as caught:
        check(inventory("tree,kind,Height,dbh_cm\n1,conifer,65,50\n"))
    assert "never guessed" in caught.value.remedy


def test_a_range_is_a_value_with_its_doubt(inventory):
    path = inventory("tree,kind,height,dbh_cm\n1,conifer,10-15 m,40\n2,conifer,12.5 m,40\n")
    found = check(path).trees
    assert found.centre["height_m"].tolist() == [12.5, 12.5]
    evenly = 5 / np.sqrt(12) / 12.5
    assert found.error["height_m"] == pytest.approx([np.sqrt(np.log1p(evenly**2)), 0.07])
    open_class = inventory("tree,kind,height (m),dbh_cm\n1,conifer,>20,40\n2,conifer,>20,40\n")
    assert check(open_class).notes == ("height (m): no upper end: taken as 20 to 30 m (2 rows).",)


def test_what_the_mechanics_are_not_made_for_is_named_and_not_counted(inventory):
    rows = "s45,Elm,broadleaf,4.5,5,,,\ntall,Elm,broadleaf,65,60,,,\nthin,Elm,conifer,20,12,,,\n"
    found = check(inventory(HEADER + GOOD + rows))
    assert found.trees.tree_id == ("a", "b")
    assert [item.status for item in found.refused] == [Status.OUTSIDE] * 3
    small, tall, thin = (item.reason for item in found.refused)
    assert "height 5 to 50 m" in small and "found height 4.5 m" in small
    assert "is it in feet?" in tall and "row 5 of trees.csv" in tall
    assert "height over diameter 10 to 120" in thin


def test_filling_what_is_missing_never_narrows_an_interval(inventory):
    header = "tree,kind,height_m,dbh_cm,crown_width_m,crown_base_m,wall_ratio\n"
    for gust in ("25±2", "30±2", "40±2"):
        widths = []
        for row in ("1,broadleaf,20,55,11.6,5,0.95\n", "1,broadleaf,20,55,,,\n"):  # the same luck
            path = inventory(header + row)
            request = StormRequest(inventory=path, gust=gust, fill_missing=True, draws=10_000)
            found = analyse_storm(request).result.by_tree
            widths.append(
                [found[f"{name}_high"] - found[f"{name}_low"]
                 for name in ("p_storm", "critical_gust_ms")]
            )  # fmt: skip
        known, filled = np.array(widths)
        assert np.all(filled > known), (gust, known, filled)


def test_the_latest_inspection_of_a_tree_counts(inventory):
    header = "tree,kind,height_m,dbh_cm,inspection_date,longitude,latitude\n"
    rows = (
        "1,conifer,18,40,2021-05-01,-72.52,42.37\n1,conifer,19,42,2024-05-01,-72.52,42.37\n"
        "2,conifer,18,40,2021-05-01,-72.52,42.37\n2,conifer,18,40,2024-05-01,-72.51,42.37\n"
    )
    found = check(inventory(header + rows))
    assert found.trees.tree_id == ("1", "2")
    assert found.trees.centre["height_m"].tolist() == [19, 18]
    history, conflict = found.refused
    assert history.status is Status.HISTORY
    assert "that of 2024-05-01 (row 3) counts" in history.reason
    assert conflict.status is Status.REFUSED
    assert re.search(r"'2' stands again, after row 4, 8\d\d m away", conflict.reason)


def test_imminent_comes_first_in_every_form(inventory, tmp_path):
    header = "tree,kind,height_m,dbh_cm,Likelihood of failure\n"
    rows = "1,conifer,18,40,Probable\n2,conifer,1,1,Imminent\n3,conifer,18,40,Prob.-Imminent\n"
    path = inventory(header + rows)
    found = analyse_storm(StormRequest(inventory=path, gust="3±0", fill_missing=True, draws=1000))
    assert first_lines(found) == [f"{IMMINENT} It stands at tree 2; tree 3."]
    told = as_json(found)
    assert next(iter(told)) == "imminent"
    assert told["imminent"] == {"ids": ["2", "3"], "sentence": IMMINENT}
    written = read_table(out_rows(found).write(tmp_path / "out.csv"))
    columns = [written.headers.index(name) for name in ("tree", "imminent", "warning")]
    cells = [[row[column] for column in columns] for row in written.rows]
    assert cells == [["2", "true", IMMINENT], ["3", "true", IMMINENT], ["1", "false", None]]


def test_the_user_s_columns_stay_as_they_are_beside_ours(inventory, tmp_path):
    rows = "tree,Status,p_storm,kind,height_m,dbh_cm,lon,lat\n1,mine,7,conifer,18,40,8.5,47.4\n"
    path = inventory(rows)
    found = analyse_storm(StormRequest(inventory=path, gust="45±5", fill_missing=True, draws=1000))
    out = out_rows(found)
    assert "p_storm_2 (not p_storm)" in out.notes[0]
    for name in ("out.csv", "out.geojson", "out.jsonl", "out.gpkg", "out.xlsx", "out.parquet"):
        pytest.importorskip("pyogrio")
        out.write(tmp_path / name)
    features = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert features[0]["geometry"]["coordinates"] == [8.5, 47.4]
    properties = features[0]["properties"]
    assert (properties["Status"], properties["p_storm"]) == ("mine", "7")
    assert properties["storm_status"] == "computed"
    assert 0 < properties["p_storm_2"] < 1
    assert all(len(field.name) <= 31 for field in out.fields)


def test_places_of_another_system_leave_as_longitude_and_latitude(inventory, tmp_path):
    pytest.importorskip("pyproj")
    rows = "tree,kind,height_m,dbh_cm,X,Y\n1,conifer,18,40,1003821.487,761627.946\n"
    choices = TableChoices(places="EPSG:2261")
    request = StormRequest(inventory=inventory(rows), choices=choices, fill_missing=True)
    found = analyse_storm(replace(request, gust="30±2", draws=1000))
    written = read_table(out_rows(found).write(tmp_path / "out.csv"))
    cells = dict(zip(written.headers, written.rows[0], strict=True))
    assert float(cells["longitude"]) == pytest.approx(-75.906858, abs=1e-6)
    assert float(cells["latitude"]) == pytest.approx(42.088498, abs=1e-6)
    assert cells["X"] == "1003821.487"
    assert any("EPSG:2261" in line for line in detail_sentences(found))


@pytest.mark.parametrize("text", ["32", "32±", "gale", "200±5", "30±40", "0±0", "30±2 ft"])
def test_a_gust_without_doubt_or_reason_is_refused(text):
    with pytest.raises((AssessmentError, SettingsError), match="m/s"):
        one_gust(text)


def test_a_gust_in_another_unit_is_echoed_and_one_too_strong_is_doubted():
    taken = one_gust("67±5 mph")
    assert taken.gust_ms[0] == pytest.approx(29.95, abs=0.005)
    assert "67 ± 5 mph is 29.95 ± 2.24 m/s" in taken.words
    assert not taken.doubts
    assert "is it in km/h or mph?" in one_gust("95±2").doubts[0]
    assert "outside of what the mechanics are made for" in one_gust("65±2").doubts[0]


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
        assert found.result.storm.gust_ms == pytest.approx(gusts, abs=0.005)
        assert "a place on the gust map" in found.refused[0].reason


def test_what_is_written_holds_every_row_and_can_be_read_again(inventory, tmp_path):
    path = inventory(HEADER + GOOD + "c,Elm,broadleaf,180,52,,,\n")
    found = analyse_storm(
        StormRequest(inventory=path, gust="32±2", by="street", fill_missing=True, draws=1000)
    )
    for name in ("out.csv", "out.geojson"):
        again = read_table(out_rows(found).write(tmp_path / name))
        cells = [dict(zip(again.headers, row, strict=True)) for row in again.rows]
        assert [row["tree_id"] for row in cells] == ["a", "b", "c"]
        assert [row["storm_status"] for row in cells] == ["computed", "computed", "refused"]
        assert "height_m" in cells[2]["storm_reason"]
        assert cells[2]["p_storm"] is None
        assert float(cells[0]["p_storm"]) == pytest.approx(
            found.result.by_tree["p_storm"][0], rel=1e-4
        )
    said = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert sum(group["expected"] for group in said["groups"]) == pytest.approx(
        said["total"]["expected"], abs=1e-3
    )
    assert [one["tree_id"] for one in said["trees"]] == ["a", "b"]
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


def test_no_chance_is_written_as_0_or_1(inventory):
    """In 1,000 draws of a breath of wind nothing fails: half a case in 1,001; three at most."""
    rows = "tree_id,kind,height_m,dbh_cm,street\n1,conifer,18,40,A\n"
    request = StormRequest(
        inventory=inventory(rows), gust="3±0", by="street", fill_missing=True, draws=1000
    )
    found = analyse_storm(request)
    assert found.result.by_tree["p_storm"] == 0
    (row,) = out_rows(found).rows
    half = 0.5 / 1001
    assert row["p_storm"] == pytest.approx(half, rel=1e-4)
    assert (row["p_storm_low"], row["p_storm_high"]) == (1e-6, 0.003)
    told = as_json(found)
    assert told["trees"][0]["p_storm"] == row["p_storm"]
    assert told["total"]["p_any"] == pytest.approx(half, rel=1e-4)
