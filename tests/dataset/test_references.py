from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.dataset.references import PhotoIndex

FILES = [
    "IMG_1835.HEIC",
    "IMG_1988a.jpg",
    "IMG_1988b.jpg",
    "north/IMG_0033 possible.jpeg",
    "north/tree.one.png",
    "south/oak.jpg",
    "oak.jpg",
    "twice.jpg",
    "twice.png",
    "20200622_180213_DSC00059.jpg",
    "v1.2 elm.jpg",
]


@pytest.fixture
def index(tmp_path):
    return PhotoIndex(tmp_path / "photos", FILES)


@pytest.mark.parametrize(
    ("reference", "kind", "file"),
    [
        ("south/oak.jpg", "path", "south/oak.jpg"),
        ("./South\\OAK.JPG", "path", "south/oak.jpg"),
        ("photos/oak.jpg", "path", "oak.jpg"),
        ("oak.jpg", "path", "oak.jpg"),
        ("'img_1835.heic'", "name", "IMG_1835.HEIC"),
        ("C:\\Users\\ann\\IMG_1835.HEIC", "name", "IMG_1835.HEIC"),
        ("C:\\Users\\ann\\north\\tree.one.png", "name", "north/tree.one.png"),
        ("/home/ann/oak.jpg", "name", "oak.jpg"),
        ("IMG_1835", "stem", "IMG_1835.HEIC"),
        ("IMG_1835.jpg", "stem", "IMG_1835.HEIC"),
        ("north/tree.one", "stem", "north/tree.one.png"),
        ("v1.2 elm", "stem", "v1.2 elm.jpg"),
        ("1835", "number", "IMG_1835.HEIC"),
        ("#1835", "number", "IMG_1835.HEIC"),
        ("Image 33", "number", "north/IMG_0033 possible.jpeg"),
        ("1988B", "number", "IMG_1988b.jpg"),
        ("59", "number", "20200622_180213_DSC00059.jpg"),
        ("180213", "number", "20200622_180213_DSC00059.jpg"),
    ],
)
def test_what_people_write_finds_the_photo(index, reference, kind, file):
    (match,) = index.match_all([reference])
    assert (match.kind, match.files) == (kind, (file,))


@pytest.mark.parametrize(
    "reference",
    ["", "1988", "77", "north/oak.jpg.txt", "elm", "/", ".", "south/tree.one.png"],
)
def test_what_is_not_there_is_missing(index, reference):
    assert index.match_all([reference])[0].kind == "missing"


def test_a_stem_of_two_files_is_ambiguous(index):
    (match,) = index.match_all(["twice"])
    assert (match.kind, match.files) == ("ambiguous", ("twice.jpg", "twice.png"))


def test_a_name_in_two_unknown_folders_is_not_taken_for_one_photo(index):
    matches = index.match_all(["a/IMG_1835.HEIC", "b/IMG_1835.HEIC"])
    assert [match.kind for match in matches] == ["missing", "missing"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=8),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
def test_every_photo_is_found_by_its_own_path(tmp_path_factory, names):
    files = [f"{number}/{name}.jpg" for number, name in enumerate(names)]
    index = PhotoIndex(tmp_path_factory.getbasetemp(), files)
    assert [match.files for match in index.match_all(files)] == [(file,) for file in files]


def test_the_mark_of_an_upload_is_passed_over():
    photos = PhotoIndex(Path("root"), ["IMG_1.jpg", "deadbeef-own.jpg"])
    named = ["/data/upload/1/8f3a2b1c-IMG_1.jpg", "deadbeef-own.jpg", "8f3a2b1c-IMG_9.jpg"]
    found = photos.match_all(named)
    assert [match.files for match in found] == [("IMG_1.jpg",), ("deadbeef-own.jpg",), ()]
    twice = photos.match_all(["u/8f3a2b1c-IMG_1.jpg", "u/00000000-IMG_1.jpg"])
    assert [match.kind for match in twice] == ["missing", "missing"]
