"""What a form says beside the rating: read with units, doubted, shown, written and read again."""

import datetime
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from risk_forms import form
from typer.testing import CliRunner

from arborisk.cli.risk import app
from arborisk.errors import ArboriskError, AssessmentError, SettingsError
from arborisk.risk.rating.details import details_of
from arborisk.risk.rating.form_rows import form_of
from arborisk.risk.rating.forms import assessment_of, read_form_file
from arborisk.risk.rating.sentences import stated_facts

ALL = {
    "species": "Quercus robur",
    "client": "Łódź Parks",
    "address": "12 Elm Street",
    "latitude": 42.3751,
    "longitude": -72.5199,
    "dbh": "24 in",
    "height": "65 ft",
    "crown_width": "12 m",
    "qualification": "TRAQ, NE-1",
    "date": "2026-05-04",
    "tools": "mallet",
    "notes": "ivy below\nbrackets at the base",
    "next_inspection": "2027-05-04",
}


def read(**more):
    return assessment_of(form(**more), where="a test")


def test_every_field_is_kept_and_named():
    about = read(**ALL)
    facts = dict(stated_facts(about))
    assert facts["Stem diameter"] == "24 in (60.96 cm)"
    assert facts["Height"] == "65 ft (19.81 m)"
    assert facts["Crown width"] == "12 m"
    assert facts["Place"] == "12 Elm Street (latitude 42.3751, longitude -72.5199)"
    assert facts["Notes"] == "ivy below\nbrackets at the base"
    assert facts["Time frame"] == "3 years"
    for key in ("species", "client", "qualification", "date", "tools", "next_inspection"):
        assert ALL[key] in facts.values()
    assert about.notes == ()  # nothing to doubt


def test_what_is_not_stated_is_left_out():
    assert [name for name, _ in stated_facts(read())] == ["Tree", "Assessor", "Time frame"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("dbh", 24, r"dbh with its unit.*24 without a unit.*24 in.*60 cm"),
        ("height", "65", r"height with its unit.*65 ft.*20 m"),
        ("dbh", "24 mph", "dbh: a length above 0"),
        ("height", "-3 m", "height: a length above 0"),
        ("height", ["20 m"], "height: a length above 0"),
        ("latitude", 91.0, "latitude: a number from -90 to 90"),
        ("latitude", float("nan"), "latitude: a number"),
        ("latitude", None, "longitude alone"),
        ("date", "2026-02-30", "a day that exists"),
        ("next_inspection", "2027-13-01", "next_inspection: a day that exists"),
        ("species", ["oak"], "species: text"),
        ("client", True, "client: text"),
        ("tools", "a\x1b[2Jb", "control character"),
        ("notes", "x" * 20_000, "at most 10,000 letters"),
        ("tree", {"name": 1}, "tree: text"),
        ("limitations", {"a": 1}, "limitations: text"),
        ("specis", "oak", "Did you mean 'species'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(key, value, message):
    with pytest.raises(AssessmentError, match=message):
        read(**ALL | {key: value})


@pytest.mark.parametrize(
    ("more", "doubt"),
    [
        ({"height": "65 m"}, "a height of 65 m"),
        ({"dbh": "400 cm"}, "a diameter of 400 cm"),
        ({"height": "30 m", "dbh": "5 cm"}, "600 times as tall as thick"),
        ({"latitude": 0, "longitude": 0}, "lie in the sea"),
        ({"date": "2026-05-04", "next_inspection": "2026-05-04"}, "is not after this one"),
    ],
)
def test_slips_are_doubted_by_name(more, doubt):
    assert any(doubt in note for note in read(**more).notes)


def test_days_of_toml_and_one_limitation_are_taken():
    about = read(date=datetime.date(2026, 5, 4), limitations="ivy")
    assert (about.date, about.limitations) == ("2026-05-04", ("ivy",))


@given(
    value=st.floats(0.1, 500).map(lambda one: f"{one:.3g}"),
    unit=st.sampled_from(["in", "cm", "ft", "m", "mm"]),
    note=st.text(st.characters(categories=["L", "N", "P"]), max_size=20),
)
@settings(max_examples=60)
def test_a_form_that_was_written_says_the_same(value, unit, note):
    before = read(**ALL | {"height": f"{value} {unit}", "notes": note})
    after = assessment_of(form_of(before), where="a test")
    assert repr(after.details) == repr(before.details)  # sizes hold NaN, which equals nothing
    assert after.date == before.date


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.toml", 'tree = "B\xe4ume"\n'.encode("latin-1"), r"0xe4 .*line 1.*Save .* as UTF-8"),
        ("a.json", b"[" * 100_000, "too deep"),
        ("a.json", b'{"a":' * 100_000, "too deep"),
        ("a.toml", b"a = " + b"[" * 100_000, "too deep"),
        ("a.json", b"[1, 2]", "a table of keys; found a list"),
        ("a.json", b'{"tree": NaN}', "NaN is no number"),
        ("a.json", b'{"level": 2, "level": 3}', "'level' stands twice"),
        ("a.json", b'{"level": ' + b"9" * 5000 + b"}", "a form in (TOML|JSON)"),
        ("a.toml", b"level = nan\ntime_frame_years = 3\n", "level of the assessment"),
        ("a.toml", b"level = 2\ntime_frame_years = inf\n", "time_frame_years"),
        ("a.toml", b"level = 2\ntargets = 3\n", "a list of tables"),
        ("a.toml", b"date = 2026-02-30\n", "a form in (TOML|JSON)"),
        ("a.toml", b"\x00", "a form in (TOML|JSON)"),
    ],
)
def test_files_that_are_no_form_are_refused_in_a_sentence(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AssessmentError, match=message):
        assessment_of(read_form_file(tmp_path / name), where=name)


@pytest.mark.parametrize(
    ("table", "key", "value", "message"),
    [
        ("options", "removes_tree", "false", "removes_tree: true or false"),
        ("options", "removes_targets", 5, "a target of this form"),
        ("targets", "always_there", "no", "always_there: true or false"),
        ("findings", "part", ["stem"], "part: text"),
        ("targets", "name", {"a": 1}, "name: text"),
        ("options", "cost", "NaN", "cost: a number"),
    ],
)
def test_wrong_types_are_refused_in_a_sentence(table, key, value, message):
    content = form(options=[{"name": "fell"}])
    content[table] = [content[table][0] | {key: value}]
    with pytest.raises(AssessmentError, match=message):
        assessment_of(content, where="a test")


def test_one_target_to_remove_needs_no_list():
    about = read(options=[{"name": "move", "removes_targets": "footpath"}])
    assert about.options[0].removes_targets == ("footpath",)


WORDS = ("rate", "--failure", "probable", "--impact", "high", "--consequences", "severe")


def test_options_have_a_unit_and_echo_what_was_taken():
    told = ("--dbh", "24 in", "--height", "20", "--species", "oak", "--date", "2026-05-04")
    done = CliRunner().invoke(app, [*WORDS, *told, "--format", "json"])
    found = json.loads(done.stdout)
    assert (found["dbh"], found["dbh_cm"]) == ("24 in", 60.96)
    assert (found["height"], found["height_m"]) == ("20 m", 20.0)
    assert (found["species"], found["date"]) == ("oak", "2026-05-04")
    assert "--dbh: 24 in is 60.96 cm" in done.stderr
    assert "--height: 20 m" in done.stderr
    with pytest.raises(SettingsError, match="a number in cm"):
        CliRunner().invoke(app, [*WORDS, "--dbh", "thick"], catch_exceptions=False)


def test_a_form_and_options_are_refused_together(tmp_path):
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(form()))
    with pytest.raises(SettingsError, match="--next-inspection"):
        told = ["rate", str(path), "--next-inspection", "2027"]
        CliRunner().invoke(app, told, catch_exceptions=False)


def test_a_form_is_never_replaced_by_its_result(tmp_path):
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(form()))
    before = path.read_text()
    for option in ("--out", "--save-form"):
        with pytest.raises(ArboriskError, match="an input is never replaced"):
            CliRunner().invoke(app, ["rate", str(path), option, str(path)], catch_exceptions=False)
    assert path.read_text() == before
    CliRunner().invoke(app, ["rate", str(path), "--out", str(tmp_path / "rated.json")])
    assert json.loads((tmp_path / "rated.json").read_text())["tree"] == "T-1"


def test_what_a_table_says_of_its_tree_is_shown_too(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text(
        "tree,species,street,target,failure,impact,consequences,height_ft,DBH (in),lat,lon\n"
        "T1,Acer,Oak St,road,Probable,High,Severe,30,9,1,2\n"
        "T2,Quercus robur,Elm St,road,Probable,High,Severe,65,24,42.3,-72.5\n"
    )
    about = ("--tree", "T2", "--level", "2", "--time-frame-years", "3", "--client", "Parks")
    done = CliRunner().invoke(app, ["rate", str(path), *about, "--format", "json"])
    found = json.loads(done.stdout)
    assert (found["species"], found["address"], found["client"]) == (
        "Quercus robur",
        "Elm St",
        "Parks",
    )
    assert (found["dbh_cm"], found["height_m"]) == (60.96, 19.81)
    assert (found["latitude"], found["longitude"]) == (42.3, -72.5)


def test_nothing_stated_is_nothing_kept():
    assert details_of({}, "a test").sizes == {}
