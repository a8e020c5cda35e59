"""The card of a data set: counted from its tables, silent on people and places, valid Croissant."""

import json
from dataclasses import replace
from datetime import date

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.dataset.croissant import SUMMARY_KEY, data_card
from arborisk.dataset.data_summary import BoundingBox, data_summary
from arborisk.dataset.data_words import DRAWN_SENTENCE, limits, markdown
from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.report.page import data_card_page

TABLE = """file,tree,site,rater,label,time_frame_years,taken_at,lat,long,source,licence
oak-1.jpg,T1,Elm Street 4,Jo Birch,Probable,3,2024-05-01T10:00:00,42.3712,-72.5161,own,CC-BY-4.0
oak-1.jpg,T1,Elm Street 4,Al Maple,Possible,3,2024-05-01T10:00:00,42.3712,-72.5161,own,CC-BY-4.0
oak-2.jpg,T2,Elm Street 4,Jo Birch,Improbable,3,2024-06-09T11:00:00,42.3851,-72.5302,own,CC-BY-4.0
oak-3.png,T2,Elm Street 4,Jo Birch,Improbable,,,,,,
"""


@pytest.fixture
def dataset(make_photos, write_table, tmp_path):
    root = make_photos("oak-1.jpg", "oak-2.jpg", "oak-3.png", "oak-4.jpg")
    (root / "broken.jpg").write_bytes(b"not a photo")
    options = ImportOptions(labels=write_table(TABLE))
    return import_photos(root, tmp_path / "oaks", options, n_processes=1).dataset


def test_the_summary_counts_what_the_tables_hold(dataset):
    summary = data_summary(dataset)
    assert (summary.n_photos, summary.n_unrated, summary.n_drawn) == (4, 1, 0)
    assert summary.label_counts == {"Probable": 1, "Improbable": 2}  # the likelier of two middles
    assert summary.isa_labels
    assert (summary.n_ratings, summary.n_raters, summary.most_ratings) == (4, 2, 2)
    assert summary.n_rater_conflicts == 1
    assert (summary.n_trees, summary.n_without_tree) == (2, 1)
    assert (summary.n_sites, summary.n_without_site) == (1, 1)
    assert summary.time_frames == {"3": 2, "not stated": 1}
    assert summary.formats == {".jpg": 3, ".png": 1}
    assert summary.licences == {"CC-BY-4.0": 2, "not stated": 2}
    assert (summary.sources, summary.n_sources) == ({"not stated": 2, "own": 2}, 1)
    assert (summary.first_day, summary.last_day) == (date(2024, 5, 1), date(2024, 6, 9))
    assert (summary.n_without_time, summary.n_with_place, summary.box) == (2, 2, None)
    assert summary.smallest_px == summary.largest_px == (160, 120)
    assert summary.failures == {dataset.failures[0].reason: 1}
    assert data_summary(dataset, licence="CC0-1.0").licences == {"CC-BY-4.0": 2, "CC0-1.0": 2}


def test_a_bounding_box_is_given_only_when_asked_for_and_is_widened(dataset):
    assert data_summary(dataset, places=True).box == BoundingBox(42.37, -72.54, 42.39, -72.51)
    card = data_card(dataset, places=True)
    assert card["spatialCoverage"]["geo"]["box"] == "42.37 -72.54 42.39 -72.51"
    columns = {field["name"] for field in card["recordSet"][1]["field"]}
    assert {"latitude", "longitude"} <= columns


@pytest.mark.parametrize("tables", [True, False])
def test_the_card_names_no_photo_no_person_and_no_place(dataset, tables):
    card = data_card(dataset, tables=tables)
    told = (
        json.dumps(card) + markdown(data_summary(dataset)) + data_card_page(data_summary(dataset))
    )
    for hidden in ("oak-", "broken", "Birch", "Maple", "Elm", "T1", "42.3", "-72.5"):
        assert hidden not in told, hidden
    assert "spatialCoverage" not in card
    assert "2 photos with coordinates; left out" in card["rai:dataCollection"]
    assert ("distribution" in card) == tables
    names = [records["name"] for records in card["recordSet"]]
    assert names == (["labels", "photos", "ratings"] if tables else ["labels"])
    if tables:
        columns = {field["name"] for field in card["recordSet"][1]["field"]}
        assert not columns & {"latitude", "longitude"}


def test_limits_follow_from_the_counts(dataset):
    summary = data_summary(dataset)
    told = " ".join(limits(summary))
    assert "not what the tree later did" in told
    assert "Probable: 1 photo, too few" in told
    assert "1 label without a time frame" in told
    assert "2 photos without a stated licence" in told
    assert "two ratings" not in told
    other = replace(summary, isa_labels=False, label_counts={"leaf_on": 30}, most_ratings=1)
    told = " ".join(limits(other))
    assert "not likelihoods of failure" in told
    assert "No photo has two ratings" in told


def test_drawn_trees_are_never_evidence(dataset):
    rows = tuple(replace(row, source="drawn") for row in dataset.photos)
    drawn = replace(dataset, photos=rows)
    card = data_card(drawn)
    assert card["description"].endswith(DRAWN_SENTENCE)
    assert card["rai:dataLimitations"][0] == DRAWN_SENTENCE
    assert "Drawn trees are never evidence about real ones" in data_card_page(data_summary(drawn))
    some = data_summary(replace(dataset, photos=(rows[0], *dataset.photos[1:])))
    assert limits(some)[0].startswith("1 photo of drawn trees. Drawn trees are never evidence")


def test_many_sources_are_counted_and_not_named(dataset):
    rows = [replace(dataset.photos[0], source=f"page-{n}") for n in range(12)]
    summary = data_summary(replace(dataset, photos=tuple(rows)))
    assert (summary.sources, summary.n_sources) == ({}, 12)
    assert "12 different ones" in markdown(summary)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib
def test_the_card_is_valid_croissant_whose_records_can_be_read(dataset):
    mlcroissant = pytest.importorskip("mlcroissant")
    path = dataset.folder / "card.json"
    for tables in (False, True):
        card = data_card(dataset, tables=tables, places=True, creator="A lab", licence="CC0-1.0")
        path.write_text(json.dumps(card), encoding="utf-8")
        read = mlcroissant.Dataset(path)  # refuses what is not valid
        assert not read.metadata.issues.errors
    assert read.metadata.creators[0].name == "A lab"
    assert [row["labels/n_photos"] for row in read.records("labels")] == [1, 2]
    photos = list(read.records("photos"))
    assert [row["photos/file"].decode() for row in photos] == [row.file for row in dataset.photos]
    assert photos[0]["photos/latitude"] == pytest.approx(42.3712)
    assert len(list(read.records("ratings"))) == 4
    card["recordSet"][1]["field"][0]["source"]["fileObject"]["@id"] = "another.csv"
    path.write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(path)


def test_an_empty_data_set_has_a_card(dataset):
    empty = replace(dataset, photos=(), ratings=(), duplicate_pairs=())
    card = data_card(empty)
    assert card["recordSet"] == []
    assert card[SUMMARY_KEY]["n_photos"] == 0
    assert "no photo states a time" in markdown(data_summary(empty))


def test_the_command_prints_the_card_that_python_gives(dataset, tmp_path):
    runner = CliRunner()
    done = runner.invoke(app, ["card", str(dataset.folder), "--creator", "A lab"])
    assert done.exit_code == 0, done.output
    card = data_card(dataset, creator="A lab")
    assert json.loads(done.stdout) == json.loads(json.dumps(card))
    assert "Coordinates are left out" in done.stderr
    for name in ("card.md", "card.html"):
        arguments = ["--out", str(tmp_path / "c.json"), "--readable", str(tmp_path / name)]
        done = runner.invoke(app, ["card", str(dataset.folder), "--places", *arguments])
        assert done.exit_code == 0, done.output
        assert "42.37 to 42.39 degrees north" in (tmp_path / name).read_text(encoding="utf-8")
    done = runner.invoke(app, ["card", str(dataset.folder), "--readable", "card.txt"])
    assert done.exit_code == 1
    assert ".md or .html" in str(done.exception)
