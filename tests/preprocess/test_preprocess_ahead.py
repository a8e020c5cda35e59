"""Photos prepared while they are imported are those that training would prepare."""

from functools import partial

import numpy as np
import pytest

from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.errors import PhotoError
from arborisk.preprocess.files import PrepareAhead, prepare_files
from arborisk.preprocess.prepare import prepare_file
from arborisk.preprocess.settings import PreprocessSettings

SETTINGS = PreprocessSettings(size_px=64)


@pytest.fixture
def imported(tmp_path, scene):
    photos = tmp_path / "photos"
    photos.mkdir()
    for seed, size in enumerate([(640, 480), (300, 800), (130, 150)]):
        scene(*size, seed).save(photos / f"{seed}.jpg", quality=90)
    return import_photos(
        photos,
        tmp_path / "dataset",
        ImportOptions(labels_from="none"),
        ahead=partial(PrepareAhead, SETTINGS),
        n_processes=1,
    ).dataset


def prepared(dataset, settings):
    return prepare_files(
        [dataset.path_of(row) for row in dataset.photos],
        [row.sha256 for row in dataset.photos],
        settings,
        cache_dir=dataset.folder / "cache",
        n_processes=1,
    )


def test_the_same_arrays_and_no_photo_is_read_again(imported):
    paths = [imported.path_of(row) for row in imported.photos]
    expected = np.stack([prepare_file(path, SETTINGS) for path in paths])
    for path in paths:
        path.unlink()
    cache = imported.folder / "cache"
    arrays = prepare_files(
        paths, [row.sha256 for row in imported.photos], SETTINGS, cache_dir=cache
    )
    np.testing.assert_array_equal(arrays, expected)
    assert not list(cache.rglob("ahead/*")), "what was taken over is gone"
    assert not list(imported.folder.parent.glob(".dataset-ahead-*"))


def test_other_settings_take_nothing_from_it(imported):
    other = PreprocessSettings(size_px=32)
    paths = [imported.path_of(row) for row in imported.photos]
    expected = np.stack([prepare_file(path, other) for path in paths])
    np.testing.assert_array_equal(prepared(imported, other), expected)


def test_a_damaged_row_is_prepared_anew(imported):
    waiting = sorted(imported.folder.rglob("ahead/*.npy"))
    assert len(waiting) == 3
    waiting[0].write_bytes(b"damaged")
    paths = [imported.path_of(row) for row in imported.photos]
    expected = np.stack([prepare_file(path, SETTINGS) for path in paths])
    np.testing.assert_array_equal(prepared(imported, SETTINGS), expected)


def test_a_photo_changed_since_import_is_still_refused_where_it_must_be_read(imported):
    path = imported.path_of(imported.photos[0])
    path.write_bytes(imported.path_of(imported.photos[1]).read_bytes())
    with pytest.raises(PhotoError, match="changed since"):
        prepared(imported, PreprocessSettings(size_px=32))


def test_a_side_too_small_for_the_fingerprints_is_refused(tmp_path, scene):
    scene(200, 200, 0).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="fingerprints need 128"):
        import_photos(
            tmp_path / "a.png",
            tmp_path / "dataset",
            ImportOptions(labels_from="none"),
            ahead=partial(PrepareAhead, PreprocessSettings(size_px=32)),
        )
