"""Splits as files: ours come back equal, others are fitted to the data set or refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from arborisk.dataset.table import Dataset
from arborisk.errors import SplitError, TableError
from arborisk.split.files import read_split as read_split_of
from arborisk.split.files import write_split
from arborisk.split.groups import group_photos
from arborisk.split.leaky import make_deck_holdout
from arborisk.split.make import make_folds, make_holdout


@pytest.fixture
def photos(make_rows):
    rows = make_rows(40, trees=[f"t{index // 2}" for index in range(40)])
    return rows, np.arange(40) // 2 % 2, group_photos(rows, [])


def read_split(path, rows, groups, photos=None):
    """Reads a split of a data set that holds these rows, or more photos."""
    root = Path("photos")
    dataset = Dataset(root, root, tuple(photos or rows), (), (), (), "")
    return read_split_of(path, dataset, rows, groups)


@pytest.mark.parametrize("make", [make_folds, make_holdout, make_deck_holdout])
def test_a_written_split_comes_back_equal(photos, make, tmp_path):
    rows, classes, groups = photos
    split = make(rows, classes, groups, seed=3)
    write_split(split, tmp_path / "split.csv")
    assert read_split(tmp_path / "split.csv", rows, groups) == split
    assert [path.name for path in tmp_path.iterdir()] == ["split.csv"]


def given(tmp_path, *lines, header="file,part"):
    path = tmp_path / "given.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def test_a_given_split_is_honoured_and_its_leaks_counted(photos, tmp_path):
    rows, _, groups = photos
    lines = [f"street/p{index}.jpg;{'Test' if index < 5 else 'train'}" for index in range(38)]
    path = given(tmp_path, *lines, "street/p38.jpg;", header="\ufeffFile; Part")
    split = read_split(path, rows, groups)
    assert (split.protocol, split.seed, len(split.rows)) == ("given", 0, 38)
    (only,) = split.rounds()
    assert only.name == "test"
    assert [split.rows[index].photo_id for index in only.test] == ["p0", "p1", "p2", "p3", "p4"]
    assert split.leaking_groups() == ("tree:t2",)
    assert "2 of 40 photos have no part in given.csv and are left out." in split.notes
    assert any("leaks: 1 group (2 photos) has photos on both sides" in note for note in split.notes)


@pytest.mark.parametrize(
    "line", ["street/p{}.jpg,fold_{}", "./street\\p{}.jpg,{}", "p{}.jpg,Fold {}", "p{},fold-{}"]
)
def test_files_and_folds_may_be_written_in_the_usual_ways(photos, tmp_path, line):
    rows, _, groups = photos
    lines = [line.format(index, 1 + index // 2 % 11) for index in range(40)]
    rounds = read_split(given(tmp_path, *lines), rows, groups).rounds()
    assert [one.name for one in rounds] == [f"fold-{number}" for number in range(1, 12)]
    assert rounds[1].test.tolist() == [2, 3, 24, 25]


def test_of_three_parts_test_is_tested_and_validation_joins_training(photos, tmp_path):
    rows, _, groups = photos
    lines = [f"p{index}.jpg,{('train', 'val', 'test')[index % 3]}" for index in range(40)]
    (only,) = read_split(given(tmp_path, *lines), rows, groups).rounds()
    assert only.test.tolist() == list(range(2, 40, 3))
    assert len(only.train) == 27


def test_what_training_and_validation_share_is_no_leak(photos, tmp_path):
    rows, _, groups = photos
    parts = ["train", "dev"] * 15 + ["test"] * 10
    lines = [f"p{index}.jpg,{part}" for index, part in enumerate(parts)]
    split = read_split(given(tmp_path, *lines), rows, groups)
    assert split.leaking_groups() == ()
    assert not any("leak" in note for note in split.notes)
    two = [row for row in split.rows if row.part != "test"]
    assert len(replace(split, rows=tuple(two)).leaking_groups()) == 15


@pytest.mark.parametrize("header", ["photo;Split", "image;set", "file;Fold"])
def test_what_the_audit_reads_is_read_here(photos, tmp_path, header):
    rows, _, groups = photos
    rows = [
        replace(row, file=row.file.replace("p", "\N{LATIN SMALL LETTER U WITH DIAERESIS}"))
        for row in rows
    ]
    lines = [f"{row.file};{('Training', 'testing')[index % 2]}" for index, row in enumerate(rows)]
    path = tmp_path / "given.csv"
    path.write_text("\n".join([header, *lines]), encoding="cp1252")
    (only,) = read_split(path, rows, groups).rounds()
    assert only.test.tolist() == list(range(1, 40, 2))


def test_a_split_may_be_a_spreadsheet(photos, tmp_path):
    rows, _, groups = photos
    book = openpyxl.Workbook()
    for line in [("file", "fold"), *((row.file, 1 + i % 2) for i, row in enumerate(rows))]:
        book.active.append(line)
    book.save(tmp_path / "given.xlsx")
    rounds = read_split(tmp_path / "given.xlsx", rows, groups).rounds()
    assert [one.name for one in rounds] == ["fold-1", "fold-2"]


def test_a_split_may_name_photos_that_have_no_class(photos, tmp_path):
    rows, _, groups = photos
    lines = [f"p{index}.jpg,{('train', 'test')[index % 2]}" for index in range(40)]
    split = read_split(given(tmp_path, *lines), rows[:30], groups[:30], photos=rows)
    assert len(split.rows) == 30


def test_a_photo_of_another_folder_is_not_taken_for_its_namesake(photos, tmp_path):
    rows, _, groups = photos
    lines = [f"street/p{index}.jpg,{('train', 'test')[index % 2]}" for index in range(39)]
    path = given(tmp_path, *lines, "park/p39.jpg,test")
    with pytest.raises(SplitError, match=r"1 unknown or ambiguous photos: park/p39\.jpg"):
        read_split(path, rows, groups)


def test_a_grouped_split_that_newer_groups_leak_through_is_no_longer_called_grouped(
    photos, tmp_path
):
    rows, classes, groups = photos
    write_split(make_folds(rows, classes, groups), tmp_path / "split.csv")
    chained = group_photos(rows, [(f"p{index}", f"p{index + 2}") for index in range(0, 38, 2)])
    split = read_split(tmp_path / "split.csv", rows, chained)
    assert split.protocol == "given"
    assert split.leaking_groups() == ("tree:t0+19",)


@pytest.mark.parametrize(
    ("lines", "header", "message"),
    [
        (["p0.jpg,train", "oak.jpg,test"], "file,part", "1 unknown or ambiguous photos: oak.jpg"),
        (["p0.jpg,train", "p0.jpg,test"], "file,part", "'train' and 'test' for street/p0.jpg"),
        (["p0.jpg,learn"], "file,part", "a part: train, test"),
        (["p0.jpg,train"], "file,part", r"the parts \['train'\]"),
        (["p0.jpg,1", "p1.jpg,1"], "file,part", r"the parts \['fold-1'\]"),
        (["p0.jpg,test"], "file,part", r"the parts \['test'\]"),
        (["p0.jpg,1", "p1.jpg,2", "p2.jpg,test"], "file,part", "two folds or more"),
        (["p0.jpg,1", "p1.jpg,train"], "file,part", "two folds or more"),
        (["p0.jpg,fold-x", "p1.jpg,1"], "file,part", "a part: train, test"),
    ],
)
def test_a_given_split_that_does_not_fit_is_refused(photos, tmp_path, lines, header, message):
    rows, _, groups = photos
    with pytest.raises(SplitError, match=message):
        read_split(given(tmp_path, *lines, header=header), rows, groups)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"file,label\np0.jpg,oak\n", "--column subset=HEADER"),
        (b"", "a table with headers"),
    ],
)
def test_a_file_that_is_no_split_is_refused(photos, tmp_path, content, message):
    rows, _, groups = photos
    if content is not None:
        (tmp_path / "given.csv").write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_split(tmp_path / "given.csv", rows, groups)
