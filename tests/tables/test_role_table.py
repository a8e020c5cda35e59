"""Tables by role: units, girths, codes, dates, places, refusals."""

from datetime import date
from math import pi

import numpy as np
import pytest

from arborisk.errors import TableError
from arborisk.scales import Consequence, FailureLikelihood
from arborisk.tables.choices import TableChoices
from arborisk.tables.role_table import read_role_table


def read(tmp_path, text, command="storm", **choices):
    path = tmp_path / "trees.csv"
    path.write_text(text, encoding="utf-8")
    return read_role_table(path, TableChoices(**choices), command=command)


def test_units_of_headers_and_cells(tmp_path):
    trees = read(tmp_path, "tree,Height (ft),DBH\n1,65,24 in\n2,20 m,60 cm\n")
    assert trees.quantity("height").value == pytest.approx([19.812, 20.0])
    assert trees.quantity("dbh").value == pytest.approx([60.96, 60.0])


def test_girth_becomes_a_diameter(tmp_path):
    trees = read(tmp_path, "tree,height_m,CIRCONFERENCE (cm)\n1,10,157.08\n")
    assert trees.quantity("dbh").value == pytest.approx([157.08 / pi])


def test_a_bare_height_is_refused_with_the_option(tmp_path):
    trees = read(tmp_path, "tree,Height,dbh_cm\n1,65,60\n")
    with pytest.raises(TableError, match=r"--units height=ft or --units height=m"):
        trees.quantity("height")
    stated = read(tmp_path, "tree,Height,dbh_cm\n1,65,60\n", units={"height": "ft"})
    assert stated.quantity("height").value == pytest.approx([19.812])


def test_codes_become_ranges_with_their_doubt(tmp_path):
    codes = {"height": {"3": "30..40 ft"}}
    trees = read(tmp_path, "tree,height,dbh_cm\n1,3,60\n2,7,60\n", codes=codes)
    height = trees.quantity("height")
    assert height.value[0] == pytest.approx(35 * 0.3048)
    assert height.deviation[0] == pytest.approx(10 * 0.3048 / np.sqrt(12))
    assert "not in the table of codes" in height.problems[1]


def test_deviation_has_a_column_of_its_own(tmp_path):
    trees = read(tmp_path, "tree,height_m,height_m_sd,dbh_cm\n1,18,1.5,40\n2,18,,40\n3,18,-1,40\n")
    height = trees.quantity("height")
    assert height.deviation[0] == 1.5
    assert np.isnan(height.deviation[1])
    assert "below 0" in height.problems[2]


def test_words_dates_and_mapped_words(tmp_path):
    trees = read(
        tmp_path,
        "tree,failure,target,consequences,inspection date\n1,rot,x,Sev.,25/4/2024\n"
        "2,n/a,x,Svere,3/4/2024\n",
        command="inventory",
        words={"ROT": "Probable"},
    )
    failure = trees.words("failure", FailureLikelihood)
    assert failure.values[0].levels == (FailureLikelihood.PROBABLE,)
    assert failure.values[1].missing
    assert "'Svere'" in trees.words("consequences", Consequence).problems[1]
    # The first date settles that the day stands before the month.
    assert trees.dates("inspected_at").values == [date(2024, 4, 25), date(2024, 4, 3)]


def test_missing_column_says_headers_names_and_option(tmp_path):
    with pytest.raises(TableError) as caught:
        read(tmp_path, "Baum,foo\n1,2\n")
    text = str(caught.value)
    assert "the headers Baum, foo" in text
    assert "--column height=HEADER" in text
    assert "tree height" in text


def test_places_latitude_beats_x(tmp_path):
    trees = read(
        tmp_path, "tree,X,Y,Latitude,Longitude,height_m,dbh_cm\n1,1008721,770748,42.1,-75.8,9,9\n"
    )
    assert trees.places.latitude == pytest.approx([42.1])
    assert trees.places.longitude == pytest.approx([-75.8])


def test_place_in_one_cell(tmp_path):
    trees = read(tmp_path, 'tree,geo_point_2d,height_m,dbh_cm\n1,"48.85, 2.35",9,9\n')
    assert trees.places.latitude == pytest.approx([48.85])


def test_select_keeps_cells_and_numbers(tmp_path):
    trees = read(tmp_path, "tree,height_m,dbh_cm\na,1,1\nb,2,2\nc,3,3\n").select([2, 0])
    assert trees.text("tree") == ["c", "a"]
    assert trees.name(0) == "row 4"


def test_ids_of_numbers_are_text(tmp_path):
    path = tmp_path / "trees.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,'
        '"properties":{"id":12.0,"height_m":5,"dbh_cm":9}}]}'
    )
    assert read_role_table(path, command="storm").text("tree") == ["12"]
