import os
import shutil
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.dataset.importing import import_photos
from arborisk.dataset.loading import load_dataset, load_thumbnails
from arborisk.dataset.table import (
    PAIR_COLUMNS,
    PHOTO_COLUMNS,
    DuplicatePair,
    content_hash_of,
    from_csv,
    pair_cells,
    pair_from,
    photo_cells,
    photo_from,
    to_csv,
)
from arborisk.errors import DatasetError
from arborisk.records import PhotoFacts, PhotoRow

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=12)
FACTS = st.builds(
    PhotoFacts,
    width=st.integers(1, 9999),
    height=st.integers(1, 9999),
    taken_at=st.none() | st.datetimes(),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    heading_deg=st.none() | st.floats(0, 360),
)
ROWS = st.builds(PhotoRow, *[TEXT] * 4, FACTS, *[TEXT] * 8)


@pytest.fixture
def dataset(make_photos, tmp_path):
    root = make_photos("probable-1.jpg", "improbable-1.jpg")
    return import_photos(root, tmp_path / "data", n_processes=1).dataset


@settings(max_examples=50, deadline=None)
@given(st.lists(ROWS, max_size=4))
def test_rows_survive_the_table(tmp_path_factory, rows):
    content = to_csv(PHOTO_COLUMNS, map(photo_cells, rows))
    path = tmp_path_factory.getbasetemp() / "photos.csv"
    assert from_csv(content, path, PHOTO_COLUMNS, photo_from) == tuple(rows)


def test_a_cell_that_cannot_be_read_is_named(tmp_path):
    row = PhotoRow("id", "a.jpg", "", "", PhotoFacts(3, 4, taken_at=datetime(2020, 1, 1)))
    content = to_csv(PHOTO_COLUMNS, [photo_cells(row)]).replace(b",3,4,", b",3,four,")
    with pytest.raises(DatasetError, match=r"'four' in column height \(row 2"):
        from_csv(content, tmp_path / "photos.csv", PHOTO_COLUMNS, photo_from)


@pytest.mark.parametrize("name", ["photos.csv", "ratings.csv", "near_duplicates.csv"])
def test_a_changed_or_lost_table_is_refused_by_name(dataset, name):
    path = dataset.folder / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DatasetError, match=f"a changed one .*{name}"):
        load_dataset(dataset.folder)
    path.unlink()
    with pytest.raises(DatasetError, match=f"the file {name}"):
        load_dataset(dataset.folder)


def test_another_folder_or_format_is_refused(dataset, tmp_path):
    with pytest.raises(DatasetError, match="arborisk import"):
        load_dataset(tmp_path)
    manifest = dataset.folder / "dataset.toml"
    manifest.write_text(manifest.read_text().replace("format_version = 3", "format_version = 99"))
    with pytest.raises(DatasetError, match="format 99"):
        load_dataset(dataset.folder)


def make_older(folder, version, tables):
    """Turns a data set into one of an older format with other tables."""
    manifest = folder / "dataset.toml"
    text = manifest.read_text().replace("format_version = 3", f"format_version = {version}")
    text = "".join(line for line in text.splitlines(True) if not line.startswith("copy_search"))
    for name, content in tables.items():
        before = sha256((folder / name).read_bytes()).hexdigest()
        text = text.replace(before, sha256(content).hexdigest())
        (folder / name).write_bytes(content)
    manifest.write_text(text)


def test_a_data_set_of_format_2_still_loads(dataset, make_photos):
    """Formats to 2 had neither strength nor change, nor said how copies were searched."""
    first, second = (row.photo_id for row in dataset.photos)
    old = f"first,second,correlation,mirrored,same_frame\n{first},{second},0.7500,yes,no\n"
    make_older(dataset.folder, 2, {"near_duplicates.csv": old.encode()})
    loaded = load_dataset(dataset.folder)
    assert loaded.copy_search == "thumbnails"
    (pair,) = loaded.duplicate_pairs
    assert (pair.correlation, pair.mirrored, pair.strength, pair.change) == (0.75, True, 0.75, "")


def test_pairs_survive_the_table(tmp_path):
    pair = DuplicatePair("a", "b", 0.75, True, False, 0.5, "a crop (15 % of the area removed)")
    content = to_csv(PAIR_COLUMNS, [pair_cells(pair)])
    assert from_csv(content, tmp_path / "p.csv", PAIR_COLUMNS, pair_from) == (pair,)


def test_photos_and_data_set_can_move_together(dataset, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(tmp_path / "photos", moved / "photos")
    shutil.move(tmp_path / "data", moved / "data")
    again = load_dataset(moved / "data")
    assert all(again.path_of(row).is_file() for row in again.photos)
    assert again.content_hash == dataset.content_hash


def test_a_data_set_moved_alone_still_finds_its_photos(dataset, tmp_path):
    shutil.move(dataset.folder, tmp_path / "deeper" / "down" / "data")
    again = load_dataset(tmp_path / "deeper" / "down" / "data")
    assert again.path_of(again.photos[0]).is_file()
    shutil.rmtree(tmp_path / "photos")
    with pytest.raises(DatasetError, match="Put the photos back"):
        again.path_of(again.photos[0])


def test_thumbnails_stand_in_the_order_of_the_photos(dataset):
    from arborisk.photos.decode import read_photo
    from arborisk.photos.fingerprints import thumbnail

    stored = load_thumbnails(dataset)
    for row, kept in zip(dataset.photos, stored, strict=True):
        difference = thumbnail(read_photo(dataset.path_of(row))).astype(int) - kept
        assert np.abs(difference).mean() < 2


def contents(folder):
    """Every file of a data set by name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_only_overwrite_replaces_and_it_keeps_what_is_not_ours(dataset, tmp_path):
    root = tmp_path / "photos"
    with pytest.raises(DatasetError, match="--overwrite"):
        import_photos(root, dataset.folder, n_processes=1)
    (dataset.folder / "cache").mkdir(exist_ok=True)
    (dataset.folder / "cache" / "arrays.npy").write_bytes(b"1")
    (dataset.folder / "my-split.csv").write_text("file,part\n")
    (root / "probable-1.jpg").unlink()
    again = import_photos(root, dataset.folder, overwrite=True, n_processes=1).dataset
    assert [row.file for row in again.photos] == ["improbable-1.jpg"]
    assert (dataset.folder / "cache" / "arrays.npy").read_bytes() == b"1"
    assert (dataset.folder / "my-split.csv").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "photos"]


def test_a_folder_that_is_no_data_set_is_never_replaced(make_photos, tmp_path):
    root = make_photos("probable-1.jpg")
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years")
    with pytest.raises(DatasetError, match="something else"):
        import_photos(root, precious, overwrite=True, n_processes=1)
    assert (precious / "thesis.txt").is_file()


def test_an_interrupted_import_leaves_nothing_and_changes_nothing(dataset, tmp_path):
    def interrupt(done, total):
        raise KeyboardInterrupt

    before = contents(dataset.folder)
    for out in (tmp_path / "new", dataset.folder):
        with pytest.raises(KeyboardInterrupt):
            import_photos(
                tmp_path / "photos", out, overwrite=True, n_processes=1, progress=interrupt
            )
    assert contents(dataset.folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "photos"]


@pytest.mark.parametrize("at_move", [1, 2, 3])
def test_an_interrupted_overwrite_leaves_a_whole_data_set(dataset, tmp_path, monkeypatch, at_move):
    (dataset.folder / "my-split.csv").write_text("file,part\n")
    moves = []
    move = os.replace

    def interrupted(source, target):
        moves.append(target)
        if len(moves) == at_move:
            raise KeyboardInterrupt
        move(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_photos(tmp_path / "photos", dataset.folder, overwrite=True, n_processes=1)
    assert len(moves) >= at_move
    assert load_dataset(dataset.folder).photos == dataset.photos
    assert (dataset.folder / "my-split.csv").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "photos"]


def test_what_a_kill_left_is_put_back_by_the_next_import(dataset, tmp_path):
    (dataset.folder / "my-split.csv").write_text("file,part\n")
    left = tmp_path / ".data-abcd_123-replaced"
    other = tmp_path / ".data-2-abcd_123-replaced"
    other.mkdir()
    dataset.folder.rename(left)
    with pytest.raises(DatasetError, match="--overwrite"):
        import_photos(tmp_path / "photos", dataset.folder, n_processes=1)
    assert load_dataset(dataset.folder).photos == dataset.photos
    left.mkdir()
    (left / "photos.csv").write_text("old")
    (left / "notes.txt").write_text("mine")
    import_photos(tmp_path / "photos", dataset.folder, overwrite=True, n_processes=1)
    assert (dataset.folder / "notes.txt").read_text() == "mine"
    assert (dataset.folder / "my-split.csv").is_file()
    assert other.is_dir()
    assert not left.exists()


def test_what_a_kill_left_is_never_written_over_or_thrown_away(dataset, tmp_path):
    left = tmp_path / ".data-abcd_123-replaced"
    left.mkdir()
    for folder in (left, dataset.folder):
        (folder / "notes.txt").write_text(folder.name)
    with pytest.raises(DatasetError, match=r"notes\.txt in .*-replaced"):
        import_photos(tmp_path / "photos", dataset.folder, overwrite=True, n_processes=1)
    assert (left / "notes.txt").read_text() == left.name
    assert (dataset.folder / "notes.txt").read_text() == "data"


def test_the_content_hash_follows_labels_and_not_order(dataset):
    rows = dataset.photos
    assert content_hash_of(reversed(rows)) == dataset.content_hash
    changed = [replace(rows[0], label="Possible"), rows[1]]
    assert content_hash_of(changed) != dataset.content_hash


def test_importing_twice_gives_the_same_bytes(dataset, tmp_path):
    again = import_photos(tmp_path / "photos", tmp_path / "twin", n_processes=1).dataset
    assert contents(dataset.folder) == contents(again.folder)


@pytest.mark.parametrize("name", ["=probable.jpg", "+possible-1.jpg", "@imp.jpg", "a  b.jpg"])
def test_a_name_that_a_spreadsheet_would_run_or_clean_comes_back_as_it_is(
    make_photos, tmp_path, name
):
    made = import_photos(make_photos(name), tmp_path / "odd", n_processes=1).dataset
    assert [row.file for row in load_dataset(made.folder).photos] == [name]
    line = (made.folder / "photos.csv").read_text().splitlines()[1]
    assert ("'" in line) == (name[0] in "=+@")


def test_a_data_set_of_the_first_format_still_opens(make_photos, tmp_path):
    folder = import_photos(make_photos("'=odd.jpg"), tmp_path / "old", n_processes=1).dataset.folder
    before = (folder / "photos.csv").read_bytes()
    plain = before.replace(b"''=odd.jpg", b"'=odd.jpg")
    assert plain != before
    pairs = b"first,second,correlation,mirrored,same_frame\n"
    make_older(folder, 1, {"photos.csv": plain, "near_duplicates.csv": pairs})
    assert [row.file for row in load_dataset(folder).photos] == ["'=odd.jpg"]
