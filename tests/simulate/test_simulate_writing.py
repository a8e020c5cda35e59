"""A stand in a folder, with a drawing function of ten lines."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pytest
from PIL import Image

from arborisk.errors import SettingsError
from arborisk.photos.decode import read_facts
from arborisk.simulate.pictures import plan_visits
from arborisk.simulate.sampling import CLASS_LABELS, draw_stand
from arborisk.simulate.tables import RATERS, draw_ratings, toml_text
from arborisk.simulate.writing import simulate_stand

SMALL = {"n_trees": 12, "seed": 3, "width_px": 96, "height_px": 128, "n_processes": 1}


@dataclass
class FakePicture:
    image: np.ndarray
    parts: np.ndarray


def fake_draw(tree, site, *, width_px, height_px, seed, blank_cues):
    dead = 0.0 if blank_cues else tree.dead_crown_share
    image = np.full((height_px, width_px, 3), int(200 * (1 - dead)), np.uint8)
    image[:, : seed % width_px] //= 2
    return FakePicture(image, np.full((height_px, width_px), 4 + (tree.n_stems == 2), np.uint8))


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("stand") / "drawn"
    simulate_stand(out, photos_per_tree=2, draw=fake_draw, **SMALL)
    return out


def test_the_folder_holds_every_photo_its_mask_and_its_rows(folder):
    labels = rows_of(folder / "labels.csv")
    photos = {path.name for path in (folder / "photos").iterdir()}
    masks = {path.stem for path in (folder / "masks").iterdir()}
    assert len(labels) == 24
    assert {row["file"] for row in labels} == photos
    assert {name.removesuffix(".jpg") for name in photos} == masks
    assert len(rows_of(folder / "ratings.csv")) == 24 * len(RATERS)
    assert {row["source"] for row in labels} == {"drawn"}


def test_labels_are_the_true_classes(folder):
    truth = {row["tree_id"]: row for row in rows_of(folder / "truth.csv")}
    for row in rows_of(folder / "labels.csv"):
        tree = truth[row["tree"]]
        assert row["label"] == tree["class"]
        critical, normal, extreme = (
            float(tree[name]) for name in ("critical_gust_ms", "normal_gust_ms", "extreme_gust_ms")
        )
        by_definition = (
            "Probable" if critical < normal else "Possible" if critical < extreme else "Improbable"
        )
        assert row["label"] == by_definition
        assert sum(float(tree[f"p_{label}"]) for label in CLASS_LABELS) == pytest.approx(
            1, abs=2e-4
        )


def test_photos_carry_time_place_and_maker(folder):
    stand = draw_stand(n_trees=12, seed=3)
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=2, seed=3)
    times = {row["file"]: row["taken_at"] for row in rows_of(folder / "labels.csv")}
    for job in jobs:
        path = folder / "photos" / job.file
        facts = read_facts(path)
        assert (facts.width, facts.height) == (96, 128)
        assert facts.taken_at == datetime.fromisoformat(times[job.file])
        assert facts.latitude == pytest.approx(job.latitude, abs=1e-6)
        assert facts.longitude == pytest.approx(job.longitude, abs=1e-6)
        assert facts.heading_deg == pytest.approx(job.heading_deg, abs=0.05)
        with Image.open(path) as photo:
            assert photo.getexif()[0x010F] == "arborisk drawn"
            assert photo.getexif()[0x0112] == 1


def test_masks_keep_the_codes(folder):
    with Image.open(next((folder / "masks").iterdir())) as mask:
        assert mask.mode == "P"
        assert set(np.unique(np.asarray(mask))) <= {4, 5}


def test_an_interrupted_stand_goes_on_to_the_same_files(folder, tmp_path):
    calls = []

    def break_off(tree, site, **options):
        calls.append(tree.tree_id)
        if len(calls) > 5:
            raise KeyboardInterrupt
        return fake_draw(tree, site, **options)

    out = tmp_path / "again"
    with pytest.raises(KeyboardInterrupt):
        simulate_stand(out, photos_per_tree=2, draw=break_off, **SMALL)
    steps = []
    simulate_stand(
        out, photos_per_tree=2, draw=fake_draw, progress=lambda *step: steps.append(step), **SMALL
    )
    assert steps[0] == (5, 24)
    assert steps[-1] == (24, 24)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    for file in files:
        assert (out / file).read_bytes() == (folder / file).read_bytes(), file


def test_a_stand_of_other_settings_is_not_mixed_in(folder):
    with pytest.raises(SettingsError, match="another seed"):
        simulate_stand(folder, photos_per_tree=2, draw=fake_draw, **{**SMALL, "seed": 4})


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match="new or empty folder"):
        simulate_stand(tmp_path, draw=fake_draw, **SMALL)


@pytest.mark.parametrize("wrong", [{"width_px": 3}, {"height_px": 100_000}, {"photos_per_tree": 0}])
def test_sizes_out_of_range_are_refused(tmp_path, wrong):
    with pytest.raises(SettingsError, match="Give a number"):
        simulate_stand(tmp_path / "x", draw=fake_draw, **{**SMALL, **wrong})


def test_blanked_cues_change_the_pictures_and_nothing_else(folder, tmp_path):
    out = tmp_path / "blank"
    simulate_stand(out, photos_per_tree=2, draw=fake_draw, blank_cues=True, **SMALL)
    for name in ("labels.csv", "ratings.csv", "truth.csv"):
        assert (out / name).read_bytes() == (folder / name).read_bytes()
    same = [
        (out / "photos" / path.name).read_bytes() == path.read_bytes()
        for path in (folder / "photos").iterdir()
    ]
    assert not all(same)


def test_more_photos_of_each_tree_keep_the_first_views_camera():
    stand = draw_stand(n_trees=12, seed=3)
    one, three = (plan_visits(stand.trees, stand.sites, photos_per_tree=n, seed=3) for n in (1, 3))
    assert [job.seed for job in one] == [job.seed for job in three[::3]]
    assert len({job.name for job in three}) == 36
    for site in stand.sites:
        times = [job.taken_at for job in three if job.site is site]
        assert times == sorted(times)


def test_raters_err_as_their_tables_say():
    truth = np.repeat([0, 1, 2], 20_000)
    said = draw_ratings(truth, np.random.default_rng(0))
    for column, rater in enumerate(RATERS):
        for index in range(3):
            shares = np.bincount(said[truth == index, column], minlength=3) / 20_000
            assert shares == pytest.approx(rater.confusion[index], abs=0.015)


def test_the_summary_is_toml(folder):
    text = toml_text({"a": {"flag": True, "count": 3, "share": 0.5, "word": "x"}})
    assert tomllib.loads(text) == {"a": {"flag": True, "count": 3, "share": 0.5, "word": "x"}}
    summary = tomllib.loads((folder / "stand.toml").read_text(encoding="utf-8"))
    assert sum(summary["trees"].values()) == 12
    assert 0 < summary["ceiling"]["balanced_accuracy"] <= 1
