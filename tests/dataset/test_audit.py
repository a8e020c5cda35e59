import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.copy_links import kind_of
from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.dataset.leaks import find_leaks
from arborisk.dataset.table import Dataset, DuplicatePair
from arborisk.errors import TableError
from arborisk.records import PhotoFacts, PhotoRow


def drawn_dataset(folder, rows, pairs=()):
    """A data set of rows (file, sha256, tree, site, label), without files."""
    photos = tuple(
        PhotoRow(file, file, sha256, "", PhotoFacts(400, 300), tree, site, label=label)
        for file, sha256, tree, site, label in rows
    )
    return Dataset(folder, folder, photos, (), (), tuple(pairs), "")


@pytest.fixture
def dataset(tmp_path):
    rows = [
        ("a.jpg", "1", "T1", "S1", "Probable"),
        ("b.jpg", "1", "T1", "S1", "Improbable"),
        ("c.jpg", "2", "T2", "S1", "Improbable"),
        ("d.jpg", "3", "T3", "S2", "Improbable"),
        ("e.jpg", "4", "", "", ""),
        ("f.jpg", "5", "", "", "Possible"),
    ]
    pairs = [
        DuplicatePair("a.jpg", "b.jpg", 1.0, mirrored=False, same_frame=True),
        DuplicatePair("c.jpg", "d.jpg", 0.9, mirrored=True, same_frame=False),
        DuplicatePair("e.jpg", "f.jpg", 0.9, mirrored=False, same_frame=True),
    ]
    return drawn_dataset(tmp_path, rows, pairs)


def kinds(report):
    return Counter(leak.kind for leak in report.leaks)


def test_duplicates_clashes_and_gaps_are_counted(dataset):
    report = audit_dataset(dataset)
    assert report.exact_duplicates == (("a.jpg", "b.jpg"),)
    assert report.near_duplicates == (("c.jpg", "d.jpg"), ("e.jpg", "f.jpg"))
    clashes = [(clash.same, clash.name, sorted(clash.labels)) for clash in report.label_clashes]
    both = ["Improbable", "Probable"]
    assert clashes == [("photo", "", both), ("tree", "T1", both)]
    assert (report.trees.n_groups, report.trees.n_photos_without) == (3, 2)
    assert report.sites.n_by_label == {"Probable": 1, "Improbable": 2}
    assert (report.sites.median_photos, report.sites.most_photos) == (2.0, 3)
    assert (report.n_unrated, report.n_without_time, report.n_without_place) == (1, 6, 6)
    assert len(report.missing_files) == 6
    assert (report.leaks, report.split) == ((), None)


def test_every_kind_of_leak_is_reported_by_its_name(dataset):
    parts = dict(zip("abcdef", ["train", "test", "test", "train", "train", "test"], strict=True))
    report = audit_dataset(dataset, split={f"{name}.jpg": part for name, part in parts.items()})
    assert kinds(report) == {
        "same_photo": 1,
        "augmented_copy": 1,
        "near_duplicate": 1,
        "same_tree": 1,
        "same_site": 1,
    }
    assert [leak.name for leak in report.leaks] == ["", "", "", "T1", "S1"]
    site = report.leaks[-1]
    assert site.parts == {"test": ("b.jpg", "c.jpg"), "train": ("a.jpg",)}
    assert report.split.n_leaking["same_site"] == {"test": 2, "train": 1}
    assert report.split.labels_by_part["train"] == {"Probable": 1, "Improbable": 1}


def test_a_split_that_keeps_groups_whole_has_no_leak(dataset):
    parts = ["fold-1"] * 4 + ["fold-2"] * 2
    split = {row.file: part for row, part in zip(dataset.photos, parts, strict=True)}
    assert audit_dataset(dataset, split=split).leaks == ()


def test_what_training_and_validation_share_is_no_leak_beside_a_test_part(dataset):
    parts = ["train", "val", "validation", "train", "train", "dev"]
    split = {row.file: part for row, part in zip(dataset.photos, parts, strict=True)}
    assert len(audit_dataset(dataset, split=split).leaks) == 5
    report = audit_dataset(dataset, split={**split, "f.jpg": "test"})
    assert [leak.parts for leak in report.leaks] == [{"test": ("f.jpg",), "train": ("e.jpg",)}]


def test_a_photo_in_two_parts_leaks_by_itself(dataset, write_table):
    split = write_table("file,part\nf.jpg,train\nf.jpg,test\n", name="split.csv")
    report = audit_dataset(dataset, split=split)
    assert report.leaks[0].parts == {"test": ("f.jpg",), "train": ("f.jpg",)}


def test_leaks_do_not_depend_on_the_order_of_rows_or_names_of_parts(dataset):
    parts = dict(zip("abcdef", ["x", "y", "y", "x", "x", "y"], strict=True))
    parts_of = {f"{name}.jpg": (part,) for name, part in parts.items()}
    turned = replace(dataset, photos=dataset.photos[::-1])
    forth, back = find_leaks(dataset, parts_of), find_leaks(turned, parts_of)
    assert Counter(map(repr, forth)) == Counter(map(repr, back))


@pytest.mark.parametrize(
    "text",
    [
        "file,part\n{root}/a.jpg,train\nb.jpg,test\nzz.jpg,test\n",
        "image;Split\na;TRAIN \nB.JPG;Testing\nzz.jpg;test\n",
        "photo_id,file,group,part\na.jpg,gone/x.jpg,g,train\nb.jpg,b.jpg,g,test\nzz,zz.jpg,g,test",
        "path\tset\n./a.jpg\ttraining\n{root}/b.jpg\ttest\nzz.jpg\ttest\n",
    ],
    ids=["absolute", "stems", "photo-ids", "tabs"],
)
def test_anyone_s_split_is_understood(dataset, write_table, text):
    split = write_table(text.format(root=dataset.root.as_posix()), name="split.csv")
    report = audit_dataset(dataset, split=split)
    assert report.split.n_by_part == {"test": 1, "train": 1}
    assert len(report.split.unknown) == 1
    assert report.split.n_not_in_split == 4
    assert kinds(report)["same_photo"] == 1


def test_a_split_without_parts_is_refused(dataset, write_table):
    with pytest.raises(TableError, match="--column subset=HEADER"):
        audit_dataset(dataset, split=write_table("file,label\na.jpg,Possible\n"))


@pytest.mark.parametrize("direct", [True, False])
def test_copies_leak_although_the_split_leaves_their_original_out(tmp_path, direct):
    rows = [(f"{name}.jpg", name, "", "", "Probable") for name in "abc"]
    crop = {"mirrored": False, "same_frame": False, "change": "cropped"}
    named = [("a.jpg", "b.jpg"), ("a.jpg", "c.jpg"), *([("b.jpg", "c.jpg")] if direct else [])]
    dataset = drawn_dataset(tmp_path, rows, [DuplicatePair(*two, 0.9, **crop) for two in named])
    report = audit_dataset(dataset, split={"b.jpg": "train", "c.jpg": "test"})
    assert kinds(report) == {"augmented_copy": 1}
    assert report.leaks[0].parts == {"test": ("c.jpg",), "train": ("b.jpg",)}
    apart = audit_dataset(dataset, split={"a.jpg": "train", "b.jpg": "train"})
    assert apart.leaks == ()


def test_two_shots_of_one_scene_are_no_augmented_copies(dataset):
    rows = {row.photo_id: row for row in dataset.photos}
    shifted = DuplicatePair("c.jpg", "d.jpg", 0.9, mirrored=False, same_frame=False)
    assert kind_of(shifted, rows) == "augmented_copy"
    for second, photo_id in enumerate(("c.jpg", "d.jpg")):
        facts = PhotoFacts(400, 300, taken_at=datetime(2021, 5, 1, 12, second, 0))
        rows[photo_id] = replace(rows[photo_id], facts=facts)
    assert kind_of(shifted, rows) == "near_duplicate"
    assert kind_of(replace(shifted, mirrored=True), rows) == "augmented_copy"
    facts = PhotoFacts(400, 300, taken_at=datetime(2021, 5, 1, 12, 0, 30))
    rows["d.jpg"] = replace(rows["d.jpg"], facts=facts)
    assert kind_of(shifted, rows) == "taken_within_seconds"


def test_copies_made_by_augmentation_are_found_in_files(make_photos, tmp_path):
    root = make_photos("probable-1.png", "improbable-1.png", "possible-1.png")
    whole = Image.open(root / "probable-1.png")
    side = whole.height
    for name, left in (("crop-a probable", 0), ("crop-b probable", 15)):
        whole.crop((left, 0, left + side, side)).save(root / f"{name}.png")
    ImageOps.mirror(whole).save(root / "flip probable.png")
    shutil.copy(root / "improbable-1.png", root / "copy possible.png")
    dataset = import_photos(root, tmp_path / "data", n_processes=1).dataset
    split = {"crop-a probable.png": "train", "crop-b probable.png": "test"}
    split |= {"improbable-1.png": "train", "copy possible.png": "test"}
    split |= {"probable-1.png": "train", "flip probable.png": "test"}
    report = audit_dataset(dataset, split=split)
    assert report.exact_duplicates == (("copy possible.png", "improbable-1.png"),)
    assert report.near_duplicates == (
        ("crop-a probable.png", "crop-b probable.png", "flip probable.png", "probable-1.png"),
    )
    assert [clash.same for clash in report.label_clashes] == ["photo"]
    assert kinds(report) == {"same_photo": 1, "augmented_copy": 1}
    assert report.missing_files == ()


def test_raters_who_disagree_are_named(make_photos, write_table, tmp_path):
    table = write_table("file,rater,label\na.jpg,Ann,Possible\na.jpg,Bob,Improbable\n")
    options = ImportOptions(labels=table)
    dataset = import_photos(make_photos("a.jpg"), tmp_path / "d", options, n_processes=1).dataset
    (conflict,) = audit_dataset(dataset).rater_conflicts
    assert (conflict.file, conflict.agreed) == ("a.jpg", "Possible")


def test_json_holds_lists_of_groups_of_files(dataset):
    content = json.loads(audit_dataset(dataset, split={"a.jpg": "x", "b.jpg": "y"}).to_json())
    assert content["exact_duplicates"] == [["a.jpg", "b.jpg"]]
    assert content["near_duplicates"] == [["c.jpg", "d.jpg"], ["e.jpg", "f.jpg"]]
    assert content["leaks"][0] == {
        "kind": "same_photo",
        "name": "",
        "parts": {"x": ["a.jpg"], "y": ["b.jpg"]},
        "changes": [],
    }


PARKTREES = Path(__file__).parents[3] / "shared" / "photos" / "parktrees"


@pytest.mark.skipif(not PARKTREES.is_dir(), reason="real photos are not here")
def test_a_random_split_of_real_outings_leaks_by_site(tmp_path):
    options = ImportOptions(
        labels=PARKTREES / "photos.csv", label_columns=("season",), columns={"site": "outing"}
    )
    some = tmp_path / "park" / "images"  # every third photo: features of all take long
    some.mkdir(parents=True)
    for photo in sorted((PARKTREES / "images").iterdir())[::3]:
        (some / photo.name).symlink_to(photo)
    imported = import_photos(some.parent, tmp_path / "data", options, n_processes=1)
    assert imported.report.n_photos == 166 == len(list(some.iterdir()))
    assert sum(imported.report.label_counts.values()) + imported.report.n_blank == 166
    rows = imported.dataset.photos
    by_photo = {row.file: ("train", "test")[number % 5 == 0] for number, row in enumerate(rows)}
    by_outing = {row.file: row.site_id for row in rows}
    assert kinds(audit_dataset(imported.dataset, split=by_photo))["same_site"] > 15
    assert kinds(audit_dataset(imported.dataset, split=by_outing))["same_site"] == 0
