import hashlib
import os

import pytest
from PIL import Image

from arborisk.errors import PhotoError
from arborisk.photos.decode import read_photo
from arborisk.photos.files import find_files, find_photos, sha256_of


def test_photos_are_found_in_sub_folders_whatever_the_case_of_the_suffix(tmp_path):
    names = ["b/Two.JPEG", "a.jpg", "b/c/three.HeIc", "b/four.tiff", "z.WebP"]
    for name in [*names, "notes.txt", "._a.jpg", ".cache/small.jpg", "jpg"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert find_photos(tmp_path) == sorted(tmp_path / name for name in names)


def test_a_loop_of_links_ends_and_a_folder_is_searched_once(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.jpg").touch()
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "twin").symlink_to(tmp_path / "real")
    assert find_photos(tmp_path) == [tmp_path / "real" / "a.jpg"]


def test_a_link_to_a_lost_file_is_listed(tmp_path):
    (tmp_path / "lost.jpg").symlink_to(tmp_path / "gone.jpg")
    assert find_photos(tmp_path) == [tmp_path / "lost.jpg"]


def test_one_file_is_taken_whatever_its_suffix(tmp_path):
    (tmp_path / "photo.bin").touch()
    assert find_photos(tmp_path / "photo.bin") == [tmp_path / "photo.bin"]


def test_a_root_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PhotoError, match="no such file or folder"):
        find_photos(tmp_path / "photso")


def test_the_hash_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"leaf" * 100_000)
    assert sha256_of(tmp_path / "a.jpg") == hashlib.sha256(b"leaf" * 100_000).hexdigest()
    with pytest.raises(PhotoError) as caught:
        sha256_of(tmp_path / "b.jpg")
    assert caught.value.reason == "missing"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    for read in (sha256_of, read_photo):
        with pytest.raises(PhotoError, match="not a plain file"):
            read(tmp_path / "pipe.jpg")


def test_a_link_to_a_folder_above_brings_nothing_in(tmp_path):
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    for path in (root / "a.jpg", tmp_path / "outside.jpg"):
        path.touch()
    (root / "sub" / "up").symlink_to(tmp_path)
    (root / "self").symlink_to(root)
    assert find_photos(root) == [root / "a.jpg"]


def test_an_icon_is_no_photo(tmp_path):
    Image.new("RGB", (3000, 2)).save(tmp_path / "rule.png")
    with pytest.raises(PhotoError, match="3000 x 2 pixels") as caught:
        read_photo(tmp_path / "rule.png")
    assert caught.value.reason == "too_small"


def test_every_other_file_is_counted_by_suffix(tmp_path):
    for name in ["a.jpg", "b/c.JFIF", "d.bmp", "n.txt", "b/m.TXT", "film.mov", "notes", ".x.jpg"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_files(tmp_path)
    assert [path.name for path in found.photos] == ["a.jpg", "c.JFIF", "d.bmp"]
    assert found.passed_over == {".txt": 2, "": 1, ".mov": 1, "hidden": 1}


def test_a_raw_file_is_a_row_unless_its_photo_lies_beside_it(tmp_path):
    for name in ["pair.NEF", "pair.jpg", "alone.nef"]:
        (tmp_path / name).write_bytes(b"II*\0" + bytes(60))
    found = find_files(tmp_path)
    assert [path.name for path in found.photos] == ["alone.nef", "pair.jpg"]
    assert found.passed_over == {".nef": 1}
    with pytest.raises(PhotoError, match=r"a camera raw file \(\.nef\)") as caught:
        read_photo(tmp_path / "alone.nef")
    assert caught.value.reason == "camera_raw"
