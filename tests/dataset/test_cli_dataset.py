import csv
import json

import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.storage import copy_serially
from arborisk.errors import DatasetError, SplitError
from arborisk.wording.sentences import IMMINENT


@pytest.fixture
def run():
    def call(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    return call


def test_import_prints_the_deck_s_counts_and_leaves_photos_alone(make_photos, run, tmp_path):
    root = make_photos("probable-1.jpg", "possible-1.jpg", "improbable-1.jpg", "improbable-2.jpg")
    before = {path: path.read_bytes() for path in root.iterdir()}
    result = run("import", root, "--out", tmp_path / "data", "--processes", 1)
    assert result.exit_code == 0
    assert "4 rated photos: Probable 1, Possible 1, Improbable 2. Unrated: 0." in result.stdout
    assert "Improbable 2 | Probable or Possible 2" in result.stdout
    assert {path: path.read_bytes() for path in root.iterdir()} == before


def test_import_with_a_table_beside_the_photos_and_mapped_words(make_photos, run, tmp_path):
    root = make_photos("a.jpg", "b.jpg", "c.jpg")
    (root / "ratings.csv").write_text("pic;verdict;plot\na;Probable;1\nb;risky;1\nc;?;2\n")
    words = ["import", root, "--out", tmp_path / "data", "--labels", "ratings.csv"]
    words += ["--file-column", "pic", "--label-column", "verdict", "--site-column", "plot"]
    refused = run(*words)
    assert isinstance(refused.exception, DatasetError)
    assert "'risky' (1)" in str(refused.exception)
    result = run(*words, "--map", "risky=Imminent", "--map", "?=", "--format", "json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["label_counts"] == {"Imminent": 1, "Probable": 1}
    assert next(iter(report)) == "imminent"
    assert report["imminent"]["ids"] == ["b.jpg"]
    assert result.stderr.splitlines()[-1].startswith(f"{IMMINENT} It stands at b.jpg.")
    assert report["n_blank"] == 1
    assert [row.site_id for row in load_dataset(tmp_path / "data").photos] == ["1", "1", "2"]


def test_unreadable_photos_are_told_by_exit_status(make_photos, run, tmp_path):
    root = make_photos("probable-1.jpg")
    (root / "possible-1.jpg").write_bytes(b"")
    result = run("import", root, "--out", tmp_path / "data", "--processes", 1)
    assert result.exit_code == 3
    assert "Files that could not be used: 1" in result.stdout


def test_a_wrong_map_is_a_usage_error(make_photos, run, tmp_path):
    root = make_photos("probable-1.jpg")
    assert run("import", root, "--out", tmp_path / "data", "--map", "risky").exit_code == 2


def test_serial_copy_numbers_within_labels_and_says_where_from(make_photos, run, tmp_path):
    root = make_photos("x/Probable/7.JPG", "x/Probable/9.jpg", "Improbable/3.png", "other/1.jpg")
    target = tmp_path / "serial"
    out = tmp_path / "data"
    assert run("import", root, "--out", out, "--serial-copy", target).exit_code == 0
    with (target / "serial-names.csv").open(newline="") as file:
        names = {row["file"]: row["original"] for row in csv.DictReader(file)}
    assert names == {
        "improbable-1.png": "Improbable/3.png",
        "probable-1.jpg": "x/Probable/7.JPG",
        "probable-2.jpg": "x/Probable/9.jpg",
    }
    for name, original in names.items():
        assert (target / name).read_bytes() == (root / original).read_bytes()
    with pytest.raises(DatasetError, match="something in it"):
        copy_serially(load_dataset(out), target)
    with pytest.raises(DatasetError, match="outside PHOTOS"):
        copy_serially(load_dataset(out), root / "serial")


def test_imminent_is_said_first_also_of_a_photo_that_is_not_there(make_photos, run, tmp_path):
    root = make_photos("a.jpg", "b.jpg")
    rows = "a.jpg,T1,A,imminent\na.jpg,T1,B,possible\nb.jpg,T2,A,possible\nc.jpg,T3,A,Imminent\n"
    (root / "ratings.csv").write_text("file,tree,rater,label\n" + rows)
    said = run("import", root, "--out", tmp_path / "data", "--labels", "ratings.csv").stdout
    assert " ".join(said.split()).startswith(
        f"{IMMINENT} It stands at a.jpg (tree T1); row 5: c.jpg."
    )
    quiet = run("import", root, "--out", tmp_path / "none", "--labels-from", "names").stdout
    assert IMMINENT not in quiet


def test_audit_prints_leaks_and_gives_json(make_photos, run, write_table, tmp_path):
    root = make_photos("a.jpg", "b.jpg")
    labels = write_table("file,label,tree\na.jpg,Possible,[T1]\nb.jpg,Possible,[T1]\n")
    out = tmp_path / "data"
    assert run("import", root, "--out", out, "--labels", labels).exit_code == 0
    split = write_table("file,part\na.jpg,train\nb.jpg,test\nzz.jpg,test\n", name="split.csv")
    told = run("audit", out, "--split", split)
    assert told.exit_code == 0
    assert "same tree [T1]: test: b.jpg; train: a.jpg" in told.stdout
    assert "Photos of the split that are not in the data set: 1" in told.stdout
    content = json.loads(run("audit", out, "--split", split, "--format", "json").stdout)
    assert [leak["kind"] for leak in content["leaks"]] == ["same_tree"]
    clean = run("audit", out, "--split", write_table("file,part\na.jpg,x\nb.jpg,x\n"))
    assert "No leak found" in clean.stdout


def test_audit_says_that_validation_joins_training(make_photos, run, write_table, tmp_path):
    root = make_photos("a.jpg", "b.jpg", "c.jpg")
    labels = write_table("file,label,tree\na.jpg,Possible,T1\nb.jpg,Possible,T1\nc,Possible,T2\n")
    out = tmp_path / "data"
    assert run("import", root, "--out", out, "--labels", labels).exit_code == 0
    split = write_table("file,part\na.jpg,train\nb.jpg,val\nc.jpg,test\n", name="split.csv")
    told = run("audit", out, "--split", split).stdout
    assert "Validation joins training" in told
    assert "No leak found" in told


def test_no_leak_is_said_of_matched_photos_only(make_photos, run, write_table, tmp_path):
    out = tmp_path / "data"
    assert run("import", make_photos("probable-1.jpg"), "--out", out).exit_code == 0
    some = write_table("file,part\nprobable-1.jpg,train\nzz.jpg,test\n", name="some.csv")
    told = run("audit", out, "--split", some).stdout
    assert "No leak found among the 1 photo that matched in what is stated:" in told
    assert "1 of 1 photo has no tree: whether photos of one tree" in told
    for text, found in [
        ("file,part\nyy.jpg,train\nzz.jpg,test\n", "found 2 unknown or ambiguous photos: yy.jpg"),
        ("file,part\nprobable-1.jpg,\n", "found no photo with a part"),
    ]:
        told = run("audit", out, "--split", write_table(text, name="none.csv"))
        assert isinstance(told.exception, SplitError)
        assert found in str(told.exception)
        assert "No leak" not in told.stdout


def test_one_photo_is_one_photo(make_photos, run, tmp_path):
    root = make_photos("probable-1.jpg")
    told = run("import", root, "--out", tmp_path / "data", "--serial-copy", tmp_path / "serial")
    assert "1 rated photo: Probable 1." in told.stdout
    assert "1 photo copied" in told.stderr


def test_photos_without_a_group_are_counted_and_no_plain_no_leak_is_said(
    make_photos, run, write_table, tmp_path
):
    root, out = make_photos("a.jpg", "b.jpg", "c.jpg"), tmp_path / "data"
    labels = write_table("file,label,tree\na.jpg,imp,T1\nb.jpg,imp,\nc.jpg,prob,T2\n")
    told = run("import", root, "--out", out, "--labels", labels).stdout
    assert "1 of 3 photos has no tree" in told
    assert "'imp' -> Improbable (2)" in told
    split = write_table("name,group\na,train\nb,test\nc,test\n", name="split.csv")
    audit = ("audit", out, "--split", split, "--column", "subset=group")
    told = run(*audit, "--column", "file=name").stdout
    assert "No leak found in what is stated: training and test share no photo, near-dup" in told
    assert "or tree." in told
    assert "1 of 3 photos has no tree: whether photos of one tree" in told
    assert "3 of 3 photos have no site" in told


def test_columns_are_named_by_one_option_and_by_those_of_the_first_version(
    make_photos, run, write_table, tmp_path
):
    root = make_photos("a.jpg", "b.jpg")
    labels = write_table("pic,J,K,kind\na.jpg,imp,prob,T1\nb.jpg,prob,prob,T2\n")
    new = ("--column", "file=pic", "--column", "label=J", "--column", "label=K")
    old = ("--file-column", "pic", "--label-column", "J", "--label-column", "K")
    for number, options in enumerate((new, old)):
        out = tmp_path / f"data{number}"
        done = run("import", root, "--out", out, "--labels", labels, *options)
        assert done.exit_code == 0
        assert "label = 'J, K'" in done.stdout
