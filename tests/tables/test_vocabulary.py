"""Headers as people write them, each with its one role."""

import tomllib
from pathlib import Path

import pytest

from arborisk.tables import vocabulary as module
from arborisk.tables.commands import COMMANDS
from arborisk.tables.units import UNITS
from arborisk.tables.vocabulary import fits_of, is_role, key_of, vocabulary

HEADERS = {
    "tree": ["Tree ID", "TreeID", "tree_id", "tree no.", "Baum-Nr.", "Tree #", "IDBASE"],
    "dbh": ["DBH (in)", "dbh_in", "DBH_IN", "Diameter at Breast Height", "trunk diameter", "BHD"],
    "girth": ["CIRCONFERENCE (cm)", "circonferenceencm", "STAMMUMFG", "Stammumfang in cm"],
    "height": ["Height (ft)", "HAUTEUR (m)", "Total Height", "TreeHeight", "heightM", "Höhe [m]"],
    "crown_width": ["Crown Spread", "Crown_Width_m", "KRONEDURCH", "Kronendurchmesser"],
    "latitude": ["Lat", "LATITUDE"],
    "longitude": ["lng", "Long"],
    "x": ["POINT_X", "X", "Easting", "x_m"],
    "place": ["geo_point_2d", "the_geom", "WKT"],
    "species": ["Botanical Name", "SPP", "qSpecies", "spc_latin"],
    "risk_rating": ["Risk_Rating", "Overall Tree Risk Rating"],
    "height_deviation": ["height_m_sd", "height_sd"],
    "conductor_height_deviation": ["conductor_height_sd_m", "conductor_height_m_sd"],
    "gust_deviation": ["gust_sd_ms"],
}


@pytest.mark.parametrize(
    ("role", "header"), [(role, header) for role, headers in HEADERS.items() for header in headers]
)
def test_header_has_its_role(role, header):
    named = [fit.role for fit in fits_of(header) if fit.how == "name"]
    assert named == [role]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        *(("DBH (in)", "in"), ("heightM", "m"), ("HAUTEUR (m)", "m"), ("hauteurenm", "m")),
        *(("circonferenceencm", "cm"), ("Tree Height (Feet)", "ft"), ("HeightInFeet", "ft")),
        *(("DBH", ""), ("gust_kmh", "km/h"), ("stem_diameter_m", "m"), ("DBHCM", "cm")),
    ],
)
def test_unit_of_a_header(header, unit):
    assert {fit.unit for fit in fits_of(header)} == {unit}


def test_names_cut_by_shapefiles_and_old_layers():
    assert [(fit.role, fit.how) for fit in fits_of("diameter_b")] == [("dbh", "cut")]
    assert [(fit.role, fit.how) for fit in fits_of("crown_widt")] == [("crown_width", "cut")]
    cut = fits_of("Likelihood_of_Failure_and_Impac")
    assert [(fit.role, fit.how) for fit in cut] == [("event", "cut")]


def test_what_is_no_role_stays_none():
    assert [fits_of(one) for one in ("Planted", "Curb", "BLOCK_ID", "Postcode")] == [()] * 4


def test_accents_and_umlauts_do_not_count():
    assert key_of("Höhe") == key_of("HOHE")
    assert [fit.role for fit in fits_of("Hoehe")] == [fit.role for fit in fits_of("Höhe")]


def test_vocabulary_is_whole():
    kinds = {"text", "word", "number", "quantity", "share", "date", "flag", "latitude"}
    kinds |= {"longitude", "coordinate", "place"}
    for role in vocabulary().values():
        assert role.kind in kinds, role.name
        assert (role.kind == "quantity") == bool(role.dimension) == bool(role.unit), role.name
        if role.unit:
            assert UNITS[role.unit].dimension == role.dimension
    assert all(is_role(role) for one in COMMANDS.values() for role in one.roles)


def test_no_name_of_one_command_has_two_sure_meanings():
    """Within a command a name that means two things needs cells to tell it by."""
    content = tomllib.loads(Path(module.__file__).with_suffix(".toml").read_text("utf-8"))
    for command in COMMANDS.values():
        seen: dict[str, str] = {}
        for role in command.roles:
            for name in content.get(role, {}).get("names", []):
                other = seen.setdefault(key_of(name), role)
                assert other == role, f"{command.name}: {name!r} is {other} and {role}"
