"""Splits as files: ours come back equal, others are fitted to the data set or refused."""

import numpy as np
import pytest

from arborisk.errors import SplitError
from arborisk.split import (
    group_photos,
    make_deck_holdout,
    make_folds,
    make_holdout,
    read_split,
    write_split,
)


@pytest.fixture
def photos(make_rows):
    rows = make_rows(40, trees=[f"t{index // 2}" for index in range(40)])
    return rows, np.arange(40) // 2 % 2, group_photos(rows, [])


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
    assert any("leaks: 1 of 19 groups, with 2 of 38 photos" in note for note in split.notes)


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
        (["p0.jpg,train", "oak.jpg,test"], "file,part", "1 of 2 lines .*ambiguous photos: oak.jpg"),
        (["p0.jpg,train", "p0.jpg,test"], "file,part", "'train' and 'test' for p0.jpg"),
        (["p0.jpg,learn"], "file,part", "a part: train, test"),
        (["p0.jpg,train"], "file,part", r"the parts \['train'\]"),
        (["p0.jpg,1", "p1.jpg,train"], "file,part", "two folds or more"),
        (["p0.jpg,train"], "file,set", r"columns file \(or photo_id\) and part"),
        ([], "", "columns file"),
    ],
)
def test_a_given_split_that_does_not_fit_is_refused(photos, tmp_path, lines, header, message):
    rows, _, groups = photos
    with pytest.raises(SplitError, match=message):
        read_split(given(tmp_path, *lines, header=header), rows, groups)


def test_a_missing_or_unreadable_file_is_refused(photos, tmp_path):
    rows, _, groups = photos
    with pytest.raises(SplitError, match="no such file"):
        read_split(tmp_path / "none.csv", rows, groups)
    (tmp_path / "bytes.csv").write_bytes(b"file,part\n\xff\xfe,train\n")
    with pytest.raises(SplitError, match="UTF-8"):
        read_split(tmp_path / "bytes.csv", rows, groups)
