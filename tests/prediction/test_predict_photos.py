"""One row for each photo, whatever happens on the way."""

import csv
import dataclasses
import json
import shutil
import sys
import threading

import pytest

from arborisk.errors import ArboriskError, OutputError, PhotoError, SettingsError
from arborisk.prediction import photo
from arborisk.prediction.journal import journal_path
from arborisk.prediction.run import predict_photos

NAMES = [
    "0.JPG",
    "2.JPG",
    "4.JPG",
    "cut.jpg",
    "empty, name.png",
    "north/1.JPG",
    "north/3.JPG",
    "north/5.JPG",
    "north/old/copy of 0.jpg",
]


def rows_of(out):
    with out.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def journalled(out):
    return [json.loads(line) for line in journal_path(out).read_text().splitlines()[1:]]


def test_every_photo_is_a_row_in_order(bundle, photos, tmp_path):
    summary = predict_photos(bundle, photos, tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert [row["photo"] for row in rows] == NAMES
    assert (summary.n_photos, summary.n_failed, summary.n_done_before) == (9, 2, 0)
    assert sum(summary.counts.values()) == 7


def test_a_row_says_what_was_found_by_which_model(bundle, photos, tmp_path):
    predict_photos(bundle, photos, tmp_path / "out.csv", tree_ids={"0.JPG": "T1"})
    row = rows_of(tmp_path / "out.csv")[0]
    probability = {name: float(row[f"p_{name}"]) for name in ("Im", "Po", "Pr")}
    assert sum(probability.values()) == pytest.approx(1, abs=3e-6)
    assert row["likelihood"] in row["likelihood_set"].split(" | ")
    assert float(row["latitude"]) == pytest.approx(42.37)
    assert float(row["longitude"]) == pytest.approx(-72.52)
    assert row["reasons"]
    assert row["remark"] == ""
    assert float(row["answer_rise"]) > 0
    for name in ("latitude", "longitude", "likelihood", "likelihood_set", "reasons", "priority"):
        del row[name]
    del row["remark"], row["answer_rise"]
    assert {key: value for key, value in row.items() if not key.startswith("p_")} == {
        "photo": "0.JPG",
        "tree_id": "T1",
        "status": "ok",
        "failure": "",
        "scheme": "Pr_Po_Im",
        "answer_rule": "likeliest",
        "training_share_Im": "0.7",
        "training_share_Po": "0.18",
        "training_share_Pr": "0.12",
        "referral": "retake",
        "time_frame_years": "not stated",
        "taken_at": "2026-05-04T03:02:01",
        "calibration": "bias",
        "model_kind": "folds_averaged",
        "bundle_id": bundle.bundle_id,
    }


def test_identical_files_have_a_row_each_and_the_same_answer(bundle, photos, tmp_path):
    predict_photos(bundle, photos, tmp_path / "out.csv")
    first, *_, copy = rows_of(tmp_path / "out.csv")
    assert first | {"photo": "", "priority": ""} == copy | {"photo": "", "priority": ""}


def test_failures_are_rows_with_their_reason(bundle, photos, tmp_path):
    summary = predict_photos(bundle, photos, tmp_path / "out.csv")
    failed = {r["photo"]: r for r in rows_of(tmp_path / "out.csv") if r["status"] == "failed"}
    assert sorted(failed) == ["cut.jpg", "empty, name.png"]
    for row in failed.values():
        reason = row["failure"].split(":")[0]
        assert summary.failures[reason] >= 1
        assert "Expected" in row["failure"]
        assert row["p_Im"] == row["likelihood"] == ""


def test_whatever_a_decoder_throws_is_a_row(bundle, photos, tmp_path, monkeypatch):
    def throw(*_, **__):
        raise ZeroDivisionError("inside a codec")

    monkeypatch.setattr(photo, "decoding_for", throw)
    summary = predict_photos(bundle, photos, tmp_path / "out.csv")
    assert summary.n_failed == 9
    assert "unexpected: ZeroDivisionError: inside a codec" in (tmp_path / "out.csv").read_text()


def test_a_single_photo_goes_by_its_name(bundle, photos, tmp_path):
    predict_photos(bundle, photos / "0.JPG", tmp_path / "out.csv")
    assert [row["photo"] for row in rows_of(tmp_path / "out.csv")] == ["0.JPG"]


@pytest.mark.parametrize("n_threads", [1, 5])
def test_threads_do_not_change_the_table(bundle, photos, tmp_path, n_threads):
    predict_photos(bundle, photos, tmp_path / "a.csv", n_threads=2)
    predict_photos(bundle, photos, tmp_path / "b.csv", n_threads=n_threads)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


class TestRerun:
    def test_answers_are_kept_and_failures_tried_again(self, bundle, photos, tmp_path, monkeypatch):
        out = tmp_path / "out.csv"
        predict_photos(bundle, photos, out)
        tried = []
        original = photo.decoding_for
        monkeypatch.setattr(
            photo,
            "decoding_for",
            lambda path, *a, **k: tried.append(path) or original(path, *a, **k),
        )
        before = out.read_bytes()
        assert predict_photos(bundle, photos, out).n_done_before == 7
        # An empty file fails at its header already.
        assert {path.name for path in tried} <= {"cut.jpg", "empty, name.png"}
        assert out.read_bytes() == before

    def test_a_mended_photo_gets_its_answer(self, bundle, photos, tmp_path):
        out = tmp_path / "out.csv"
        predict_photos(bundle, photos, out)
        shutil.copy(photos / "0.JPG", photos / "cut.jpg")
        assert predict_photos(bundle, photos, out).n_failed == 1
        rows = {row["photo"]: row for row in rows_of(out)}
        assert rows["cut.jpg"]["p_Pr"] == rows["0.JPG"]["p_Pr"]

    def test_changed_new_and_removed_photos(self, bundle, photos, tmp_path):
        out, fresh = tmp_path / "out.csv", tmp_path / "fresh.csv"
        predict_photos(bundle, photos, out)
        shutil.copy(photos / "2.JPG", photos / "0.JPG")
        shutil.copy(photos / "2.JPG", photos / "new.jpg")
        (photos / "4.JPG").unlink()
        predict_photos(bundle, photos, out)
        predict_photos(bundle, photos, fresh)
        assert out.read_bytes() == fresh.read_bytes()

    def test_a_lost_table_is_written_from_the_journal(self, bundle, photos, tmp_path, monkeypatch):
        out = tmp_path / "out.csv"
        predict_photos(bundle, photos, out)
        before = out.read_bytes()
        out.unlink()
        (photos / "cut.jpg").unlink()
        (photos / "empty, name.png").unlink()
        monkeypatch.setattr(photo, "decoding_for", None)  # calling it would fail
        predict_photos(bundle, photos, out)
        assert set(out.read_bytes().splitlines()) < set(before.splitlines())

    def test_another_model_or_setting_is_refused_not_mixed(self, bundle, photos, tmp_path):
        out = tmp_path / "out.csv"
        predict_photos(bundle, photos, out)
        before = out.read_bytes()
        with pytest.raises(SettingsError, match=r"preprocess was .*'exact': False.*restart"):
            predict_photos(bundle, photos, out, exact=True)
        with pytest.raises(SettingsError, match="bundle_id was"):
            record = bundle.record.model_copy(update={"bundle_id": "0" * 16})
            predict_photos(dataclasses.replace(bundle, record=record), photos, out)
        assert out.read_bytes() == before
        predict_photos(bundle, photos, out, exact=True, restart=True)

    def test_a_file_that_is_not_ours_is_not_overwritten(self, bundle, photos, tmp_path):
        out = tmp_path / "thesis.csv"
        out.write_text("years of work")
        with pytest.raises(ArboriskError, match="a file without a journal"):
            predict_photos(bundle, photos, out)
        assert out.read_text() == "years of work"


class Stopped(BaseException):
    """As KeyboardInterrupt, without stopping the test run."""


@pytest.mark.parametrize("stop_after", range(1, 9))
def test_resumed_is_uninterrupted(bundle, photos, tmp_path, stop_after):
    def stop(done, total):
        if done == stop_after:
            raise Stopped

    out, whole = tmp_path / "out.csv", tmp_path / "whole.csv"
    with pytest.raises(Stopped):
        predict_photos(bundle, photos, out, progress=stop)
    assert not out.exists()
    assert len(journalled(out)) == stop_after
    # A kill may cut the last line anywhere.
    content = journal_path(out).read_bytes()
    journal_path(out).write_bytes(content[: -7 * (stop_after % 3)] or content)
    resumed = predict_photos(bundle, photos, out)
    assert resumed.n_done_before >= stop_after - 3  # two failures, one cut line
    third = predict_photos(bundle, photos, out)  # nothing of the cut line is left in the way
    assert third.n_done_before >= resumed.n_done_before
    predict_photos(bundle, photos, whole)
    assert out.read_bytes() == whole.read_bytes()


def test_a_stop_leaves_no_thread_behind(bundle, photos, tmp_path):
    def stop(done, total):
        raise Stopped

    with pytest.raises(Stopped):
        predict_photos(bundle, photos, tmp_path / "out.csv", progress=stop)
    assert not [t for t in threading.enumerate() if t.name.startswith("predict")]


def test_a_damaged_journal_is_refused(bundle, photos, tmp_path):
    out = tmp_path / "out.csv"
    predict_photos(bundle, photos, out)
    lines = journal_path(out).read_text().splitlines(keepends=True)
    journal_path(out).write_text("".join([*lines[:3], '{"photo": 1}\n', *lines[3:]]))
    with pytest.raises(ArboriskError, match="KeyError in line 4"):
        predict_photos(bundle, photos, out)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such lock")
@pytest.mark.parametrize("restart", [False, True])
def test_a_second_run_into_the_same_table_is_refused(bundle, photos, tmp_path, restart):
    out, alone = tmp_path / "out.csv", tmp_path / "alone.csv"
    refused = []

    def start_another(done, total):
        if done == 4:
            with pytest.raises(ArboriskError, match="another run is writing") as caught:
                predict_photos(bundle, photos, out, restart=restart)
            refused.append(caught)

    predict_photos(bundle, photos, out, progress=start_another)
    assert refused
    predict_photos(bundle, photos, alone)
    assert out.read_bytes() == alone.read_bytes()
    predict_photos(bundle, photos, out, restart=restart)


def test_a_line_of_another_photo_is_not_taken(bundle, photos, tmp_path):
    out = tmp_path / "out.csv"

    def meddle(done, total):
        if done == total:
            path = journal_path(out)
            header, first, second, *rest = path.read_text().splitlines(keepends=True)
            same_length = first.replace("0.JPG", "9.JPG")
            path.write_text("".join([header, same_length, second, *rest]))

    with pytest.raises(ArboriskError, match=r"the line of '0\.JPG'.*found the line of '9\.JPG'"):
        predict_photos(bundle, photos, out, progress=meddle)
    assert not out.exists()


def test_progress_counts_what_was_done_before(bundle, photos, tmp_path):
    seen = []
    predict_photos(bundle, photos, tmp_path / "out.csv")
    predict_photos(bundle, photos, tmp_path / "out.csv", progress=lambda *step: seen.append(step))
    assert seen == [(8, 9), (9, 9)]


def test_a_place_that_cannot_be_written(bundle, photos, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Expected a folder; found a file"):
        predict_photos(bundle, photos, tmp_path / "file" / "out.csv")


def test_no_photos(bundle, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(ArboriskError, match="at least one photo"):
        predict_photos(bundle, tmp_path / "none", tmp_path / "out.csv")
    with pytest.raises(PhotoError, match="no such file or folder"):
        predict_photos(bundle, tmp_path / "nowhere", tmp_path / "out.csv")
