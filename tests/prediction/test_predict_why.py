"""Overlays beside a table: one for each photo that has an answer, whole, current, without EXIF."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import arborisk.prediction.why as why_module
from arborisk.bundle.load import load_bundle
from arborisk.errors import ArboriskError, BundleError, SettingsError
from arborisk.prediction.answers import Answering
from arborisk.prediction.decide import Finding
from arborisk.prediction.gates.gating import Gating
from arborisk.prediction.options import USUAL
from arborisk.prediction.photo import predict_one
from arborisk.prediction.run import predict_photos
from arborisk.prediction.why import NO_LIKELIHOOD, Overlays, overlays_folder
from arborisk.wording.sentences import DRAWN_MODEL

N_ANSWERED = 7


@pytest.fixture
def out(tmp_path):
    return tmp_path / "tables" / "out.csv"


def written(out):
    folder = overlays_folder(out)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def answers(journal):
    """Lines of a journal with an answer."""
    return [line for line in journal.splitlines() if b'"failure": null' in line]


@pytest.fixture
def captions(monkeypatch):
    """All lines of text that are put under overlays."""
    lines = []
    original = why_module.with_caption

    def keep(picture, text, **options):
        lines.append((text, options["legend"]))
        return original(picture, text, **options)

    monkeypatch.setattr(why_module, "with_caption", keep)
    return lines


def test_each_photo_with_an_answer_has_an_overlay_under_its_own_name(bundle, photos, out):
    summary = predict_photos(bundle, photos, out, why=True)
    found = written(out)
    assert summary.overlays == out.with_name("out_why")
    assert len(found) == summary.n_photos - summary.n_failed == N_ANSWERED
    assert {"0.JPG.jpg", "north/1.JPG.jpg", "north/old/copy of 0.jpg.jpg"} <= set(found)


def test_the_table_is_the_same_as_without(bundle, photos, tmp_path):
    predict_photos(bundle, photos, tmp_path / "plain.csv")
    summary = predict_photos(bundle, photos, tmp_path / "why.csv", why=True)
    assert (tmp_path / "plain.csv").read_bytes() == (tmp_path / "why.csv").read_bytes()
    assert not overlays_folder(tmp_path / "plain.csv").exists()
    assert summary.as_json()["overlays"] == str(tmp_path / "why_why")


def test_overlays_hold_nothing_of_the_photos_headers(bundle, photos, out):
    with Image.open(photos / "0.JPG") as photo:
        assert photo.getexif().get_ifd(0x8825)
    predict_photos(bundle, photos, out, why=True)
    with Image.open(overlays_folder(out) / "0.JPG.jpg") as overlay:
        assert not overlay.getexif()
        assert set(overlay.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "comment"}
    assert b"Exif" not in (overlays_folder(out) / "0.JPG.jpg").read_bytes()


class TestRerun:
    def test_missing_overlays_are_added_and_others_left(self, bundle, photos, out):
        predict_photos(bundle, photos, out, why=True)
        whole, table = written(out), out.read_bytes()
        journal = out.with_name("out.csv.journal.jsonl")
        before = journal.read_bytes()
        lost, kept = overlays_folder(out) / "0.JPG.jpg", overlays_folder(out) / "2.JPG.jpg"
        lost.unlink()
        stamp = kept.stat().st_ino
        assert predict_photos(bundle, photos, out, why=True).n_done_before == N_ANSWERED
        assert written(out) == whole
        assert kept.stat().st_ino == stamp
        assert out.read_bytes() == table
        assert answers(journal.read_bytes()) == answers(before)

    def test_finished_photos_get_theirs_afterwards(self, bundle, photos, tmp_path):
        predict_photos(bundle, photos, tmp_path / "out.csv")
        predict_photos(bundle, photos, tmp_path / "out.csv", why=True)
        predict_photos(bundle, photos, tmp_path / "at_once.csv", why=True)
        assert written(tmp_path / "out.csv") == written(tmp_path / "at_once.csv")

    def test_a_changed_photo_gets_a_new_one(self, bundle, photos, out):
        predict_photos(bundle, photos, out, why=True)
        before = written(out)
        Image.new("RGB", (96, 72), (200, 30, 30)).save(photos / "0.JPG")
        predict_photos(bundle, photos, out, why=True)
        changed = [name for name, content in written(out).items() if content != before[name]]
        assert changed == ["0.JPG.jpg"]

    def test_a_photo_that_broke_loses_its_own(self, bundle, photos, out):
        predict_photos(bundle, photos, out, why=True)
        (photos / "0.JPG").write_bytes(b"")
        predict_photos(bundle, photos, out, why=True)
        assert "0.JPG.jpg" not in written(out)
        assert len(written(out)) == N_ANSWERED - 1

    def test_one_of_another_model_is_not_current(self, bundle, photos, out):
        predict_photos(bundle, photos, out, why=True)
        answering, gating = Answering(bundle, USUAL), Gating(bundle)
        settings = bundle.description.preprocess
        stamp = os.stat(photos / "0.JPG")
        facts = ("0.JPG", stamp.st_size, stamp.st_mtime_ns)
        for changed, current in (
            (settings, True),
            (settings.model_copy(update={"exact": True}), 0),
        ):
            overlays = Overlays(overlays_folder(out), answering, gating, changed)
            assert overlays.is_current(*facts) == current
        assert not overlays.is_current("0.JPG", stamp.st_size + 1, stamp.st_mtime_ns)


class TestWhatIsShown:
    def test_a_network_that_reads_the_upper_left_colours_it(self, tmp_path, photos, fake_bundle):
        bundle = load_bundle(fake_bundle)
        overlays = Overlays(
            tmp_path, Answering(bundle, USUAL), Gating(bundle), bundle.description.preprocess
        )
        maps = np.zeros((1, 8, 4, 4), np.float32)
        weight = np.abs(overlays.head.weight[2] - overlays.head.weight[:2].mean(axis=0))
        maps[0, int(weight.argmax()), 0, 0] = 1000.0
        place = overlay_of(overlays, photos / "0.JPG", maps)
        with Image.open(place) as overlay:
            pixels = np.asarray(overlay.convert("RGB")).astype(int)[:72, 112:208]
        colour = np.ptp(pixels, axis=2) > 25
        assert colour[:20, 12:30].all()
        assert not colour[40:].any()

    def test_the_caption_says_what_is_asked_and_what_it_is_worth(
        self, bundle, photos, out, captions
    ):
        predict_photos(bundle, photos, out, why=True, n_threads=1)
        for lines, (against, speaking) in captions:
            answer = speaking.removeprefix("speaks for ")
            others = [one for one in ("Probable", "Possible", "Improbable") if one != answer]
            assert lines[0] == f"Why {answer} and not {' or '.join(others)}"
            assert against == f"speaks for {' or '.join(others)}"
            assert f"The model answers {answer}." in lines[1]
            assert "calibrated: Probable " in lines[1]
            assert "as common as in training" in lines[1]
            assert lines[-1].startswith("An exact map of this network's arithmetic; not a finding")
            assert "never a risk rating" in lines[-1]
        assert len(captions) == N_ANSWERED

    def test_no_likelihood_where_no_tree_was_recognised(
        self, bundle, photos, out, captions, monkeypatch
    ):
        finding = Finding("tree", "not_a_tree", "no tree was recognised in the photo")
        monkeypatch.setattr(Gating, "findings", lambda self, fitness: (finding,))
        predict_photos(bundle, photos, out, why=True)
        for lines, _ in captions:
            assert NO_LIKELIHOOD in lines
            assert "No tree was recognised in the photo." in lines
            assert not any("%" in line for line in lines)

    def test_a_model_of_drawn_trees_says_so(self, bundle, photos, out, captions, monkeypatch):
        drawn = bundle.description.model_copy(update={"drawn": True})
        monkeypatch.setattr(type(bundle), "description", property(lambda self: drawn))
        predict_photos(bundle, photos, out, why=True)
        assert all(DRAWN_MODEL in lines for lines, _ in captions)


def overlay_of(overlays, photo, maps):
    """Writes the overlay of a photo as if the network had given these maps."""
    bundle = overlays.answering.bundle

    class Given:
        def __getattr__(self, name):
            return getattr(bundle, name)

        def predict(self, arrays):
            from dataclasses import replace

            output = bundle.predict(arrays)
            sure = np.array([[0.0, 0.0, 1.0]])
            return replace(output, feature_map=maps, probability=sure)

    settings = bundle.description.preprocess
    predict_one(Given(), overlays.gating, settings, photo.name, photo, overlays)
    return overlays.path(photo.name)


class TestRefusals:
    def test_a_network_without_an_exact_map_before_any_photo_is_read(
        self, bundle, tmp_path, photos, monkeypatch
    ):
        monkeypatch.setattr(
            "arborisk.bundle.linear_head._head_or_reason", lambda bundle: "further layers"
        )
        with pytest.raises(BundleError, match=r"found further layers .*`arborisk explain`"):
            predict_photos(bundle, photos, tmp_path / "out.csv", why=True)
        assert not list(tmp_path.glob("out*"))

    def test_a_place_among_the_photos(self, bundle, photos):
        with pytest.raises(SettingsError, match="take them for photos"):
            predict_photos(bundle, photos, photos / "out.csv", why=True)

    def test_a_folder_that_no_run_wrote(self, bundle, photos, out):
        overlays_folder(out).mkdir(parents=True)
        with pytest.raises(ArboriskError, match="something that no earlier run wrote"):
            predict_photos(bundle, photos, out, why=True)

    def test_a_folder_that_cannot_be_written(self, bundle, photos, out):
        predict_photos(bundle, photos, out)
        overlays_folder(out).write_text("a file in the way")
        with pytest.raises(SettingsError, match="overlays of --why can be written"):
            predict_photos(bundle, photos, out, why=True)


def test_the_command_writes_overlays_and_says_where(fake_bundle, photos, out):
    from arborisk.cli.app import app

    result = CliRunner().invoke(
        app, ["predict", str(fake_bundle), str(photos), "--out", str(out), "--why"]
    )
    assert result.exit_code == 3, result.output  # two photos fail
    assert f"Overlays: {overlays_folder(out)}" in result.output.replace("\n", "")
    assert len(written(out)) == N_ANSWERED


def test_overlays_need_neither_torch_nor_matplotlib(fake_bundle, photos, out):
    code = f"""
        import sys
        from pathlib import Path
        for name in ("torch", "matplotlib", "sklearn", "captum", "torchcam", "scipy"):
            sys.modules[name] = None
        from arborisk.bundle.load import load_bundle
        from arborisk.prediction.run import predict_photos
        predict_photos(load_bundle(Path({str(fake_bundle)!r})), Path({str(photos)!r}),
                       Path({str(out)!r}), why=True)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(written(out)) == N_ANSWERED
