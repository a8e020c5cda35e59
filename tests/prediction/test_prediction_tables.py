"""Every format, one content."""

import csv
import dataclasses
import json
import os
import shutil
import sys

import pytest

from arborisk.errors import MissingDependencyError, OutputError
from arborisk.prediction.answers import Answering
from arborisk.prediction.options import AnswerOptions
from arborisk.prediction.rows import OUT_SUFFIXES, photo_columns, write_predictions
from arborisk.prediction.run import predict_photos


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def as_text(rows):
    """Rows as a CSV would hold them."""
    return [{key: "" if v is None else str(v) for key, v in row.items()} for row in rows]


@pytest.fixture
def reference(bundle, photos, tmp_path):
    predict_photos(bundle, photos, tmp_path / "reference.csv")
    return read_csv(tmp_path / "reference.csv")


def test_jsonl(bundle, photos, tmp_path, reference):
    predict_photos(bundle, photos, tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert as_text(rows) == reference
    assert isinstance(rows[0]["p_Im"], float)


def test_parquet(bundle, photos, tmp_path, reference):
    parquet = pytest.importorskip("pyarrow.parquet")
    predict_photos(bundle, photos, tmp_path / "out.parquet")
    assert as_text(parquet.read_table(tmp_path / "out.parquet").to_pylist()) == reference


def test_geojson(bundle, photos, tmp_path, reference):
    predict_photos(bundle, photos, tmp_path / "out.geojson")
    content = json.loads((tmp_path / "out.geojson").read_text())
    assert content["type"] == "FeatureCollection"
    assert as_text([feature["properties"] for feature in content["features"]]) == reference
    places = [feature["geometry"] for feature in content["features"]]
    assert places[0]["coordinates"] == pytest.approx([-72.52, 42.37])
    assert [place is None for place in places] == [row["latitude"] == "" for row in reference]


@pytest.mark.parametrize("suffix", OUT_SUFFIXES)
def test_a_file_name_that_is_no_text(bundle, photos, tmp_path, suffix):
    pytest.importorskip("pyarrow")
    pytest.importorskip("pyogrio")
    odd = tmp_path / "odd"
    odd.mkdir()
    try:
        shutil.copy(photos / "0.JPG", os.path.join(os.fsencode(odd), b"\xff.jpg"))
    except OSError:
        pytest.skip("this file system takes names in Unicode only")
    out = tmp_path / f"out{suffix}"
    assert predict_photos(bundle, odd, out).n_failed == 0
    assert predict_photos(bundle, odd, out).n_done_before == 1


@pytest.mark.parametrize("name", ["out.xls", "out"])
def test_other_names_are_refused_before_any_work(bundle, photos, tmp_path, name):
    with pytest.raises(OutputError, match=r"\.csv, \.jsonl, \.parquet, \.geojson"):
        predict_photos(bundle, photos, tmp_path / name)
    assert not list(tmp_path.glob("*journal*"))


def test_parquet_without_its_package(bundle, photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"\.\[tables\]"):
        predict_photos(bundle, photos, tmp_path / "out.parquet")


@pytest.mark.parametrize("suffix", OUT_SUFFIXES)
def test_a_failed_write_leaves_the_old_table(tmp_path, suffix):
    pytest.importorskip("pyarrow")
    pytest.importorskip("pyogrio")
    out = tmp_path / f"out{suffix}"
    out.write_text("old")

    def rows():
        yield {"photo": "a"}
        raise OSError("disk full")

    with pytest.raises(OutputError, match="disk full"):
        write_predictions(out, ["photo", "latitude", "longitude"], _placed(rows()))
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    assert out.read_text() == "old"


def _placed(rows):
    for row in rows:
        yield {"latitude": None, "longitude": None} | row


def test_other_labels_have_a_class_and_no_likelihood(bundle):
    scheme = bundle.description.scheme.model_copy(update={"isa_words": None})
    description = bundle.description.model_copy(update={"scheme": scheme})
    record = bundle.record.model_copy(update={"description": description})
    other = dataclasses.replace(bundle, record=record)
    columns = photo_columns(Answering(other, AnswerOptions()))
    assert "class" in columns
    assert "likelihood" not in columns
