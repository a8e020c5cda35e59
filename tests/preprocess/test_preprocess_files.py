"""Many photos through the cache: resumed = uninterrupted, cached = decoded, order as asked."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from arborisk.errors import PhotoError
from arborisk.photos.decode import decoding
from arborisk.photos.files import sha256_of
from arborisk.preprocess import files as module
from arborisk.preprocess import prepare as prepare_module
from arborisk.preprocess.files import prepare_files, prepare_many
from arborisk.preprocess.prepare import photo_seed, prepare_file
from arborisk.preprocess.settings import PreprocessSettings

CHOSEN = PreprocessSettings(size_px=16, crop="random")


@pytest.fixture(scope="session")
def photos(tmp_path_factory, scene):
    folder = tmp_path_factory.mktemp("photos")
    for number in range(9):
        scene(60, 40, number).save(folder / f"{number}.png")
    return sorted(folder.iterdir())


@pytest.fixture
def decoded(monkeypatch):
    """Names of the photos that are decoded from here on."""
    names = []

    def decode(path, **options):
        names.append(path.name)
        return decoding(path, **options)

    monkeypatch.setattr(prepare_module, "decoding", decode)
    return names


def prepared(paths, cache_dir, settings=CHOSEN, **options):
    hashes = [sha256_of(path) for path in paths]
    return prepare_files(
        paths, hashes, settings, cache_dir=cache_dir, **{"n_processes": 1, **options}
    )


def expected(paths, settings=CHOSEN):
    return np.stack(
        [prepare_file(path, settings, seed=photo_seed(sha256_of(path))) for path in paths]
    )


@pytest.mark.parametrize("n_processes", [1, 2])
def test_rows_are_as_asked_and_mapped_from_disk(photos, tmp_path, n_processes):
    steps = []
    rows = prepared(
        photos, tmp_path, n_processes=n_processes, progress=lambda *step: steps.append(step)
    )
    assert isinstance(rows, np.memmap) and not rows.flags.writeable
    assert np.array_equal(rows, expected(photos))
    assert steps == [(done, 9) for done in range(1, 10)]


def test_nothing_is_decoded_twice(photos, tmp_path, decoded):
    prepared(photos, tmp_path)
    assert len(decoded) == 9
    again = prepared(photos, tmp_path)
    shuffled = [photos[row] for row in (8, 1, 1, 5)]
    part = prepared(shuffled, tmp_path)
    assert len(decoded) == 9
    assert np.array_equal(again, expected(photos))
    assert np.array_equal(part, expected(shuffled))


def test_only_new_photos_are_decoded(photos, tmp_path, decoded):
    prepared(photos[:6], tmp_path)
    decoded.clear()
    rows = prepared(photos[3:], tmp_path)
    assert sorted(decoded) == ["6.png", "7.png", "8.png"]
    assert np.array_equal(rows, expected(photos[3:]))


def test_identical_photos_are_decoded_once(photos, tmp_path, decoded):
    twin = tmp_path / "twin.png"
    twin.write_bytes(photos[2].read_bytes())
    rows = prepared([photos[2], photos[0], twin], tmp_path / "cache")
    assert sorted(decoded) == ["0.png", "2.png"]
    assert np.array_equal(rows[0], rows[2])


def test_other_settings_have_their_own_rows(photos, tmp_path):
    prepared(photos, tmp_path)
    grey = PreprocessSettings(size_px=16, channels=1)
    assert np.array_equal(prepared(photos, tmp_path, grey), expected(photos, grey))


MANY = [
    PreprocessSettings(size_px=16, shared=True),
    PreprocessSettings(size_px=24, channels=1, shared=True),
    PreprocessSettings(size_px=16, crop="random", shared=True),
    PreprocessSettings(size_px=16, scaling="imagenet", shared=True),  # the same bytes as the first
]


def test_many_settings_share_one_decode_and_give_what_each_gives_alone(photos, tmp_path, decoded):
    hashes = [sha256_of(path) for path in photos]
    together = prepare_many(photos, hashes, MANY, cache_dir=tmp_path / "many", n_processes=1)
    assert sorted(decoded) == [path.name for path in photos]
    for settings, rows in zip(MANY, together, strict=True):
        assert np.array_equal(rows, prepared(photos, tmp_path / "alone", settings))


def test_only_what_is_missing_of_many_is_made(photos, tmp_path, decoded):
    prepared(photos, tmp_path, MANY[0])
    prepared(photos[:6], tmp_path, MANY[1])
    decoded.clear()
    hashes = [sha256_of(path) for path in photos]
    _, grey = prepare_many(photos, hashes, MANY[:2], cache_dir=tmp_path, n_processes=1)
    assert decoded == ["6.png", "7.png", "8.png"]
    assert np.array_equal(grey, expected(photos, MANY[1]))


def test_a_stopped_run_goes_on_where_it_was(photos, tmp_path, decoded, monkeypatch):
    monkeypatch.setattr(module, "_ROWS_A_WRITE", 2)

    def stop(done, total):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared(photos, tmp_path, progress=stop)
    decoded.clear()
    rows = prepared(photos, tmp_path)
    assert decoded == ["5.png", "6.png", "7.png", "8.png"]
    assert np.array_equal(rows, expected(photos))
    left = {path.suffix for path in next(tmp_path.iterdir()).iterdir()}
    assert left == {".npy", ".sha256", ".lock"}


def test_a_note_cut_off_by_a_kill_is_not_believed(photos, tmp_path, decoded):
    with pytest.raises(ZeroDivisionError):
        prepared(photos, tmp_path, progress=lambda done, total: 1 // (3 - done))
    (note,) = tmp_path.rglob("*.done")
    note.write_bytes(note.read_bytes()[:-20])
    decoded.clear()
    assert np.array_equal(prepared(photos, tmp_path), expected(photos))
    assert decoded[0] == "2.png"


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_two_runs_at_once_share_the_work(photos, tmp_path, decoded):
    together = threading.Barrier(2)

    def run():
        together.wait()
        return prepared(photos, tmp_path)

    with ThreadPoolExecutor(2) as pool:
        both = [future.result() for future in [pool.submit(run), pool.submit(run)]]
    assert len(decoded) == 9
    assert all(np.array_equal(rows, expected(photos)) for rows in both)


def test_a_damaged_cache_is_made_anew(photos, tmp_path):
    prepared(photos, tmp_path)
    (array,) = tmp_path.rglob("*.npy")
    array.write_bytes(array.read_bytes()[:-5])
    assert np.array_equal(prepared(photos, tmp_path), expected(photos))


@pytest.mark.parametrize("n_processes", [1, 2])
def test_a_bad_photo_is_named_and_the_rest_is_kept(photos, tmp_path, n_processes):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"")
    with pytest.raises(PhotoError, match=r"bad\.png") as caught:
        prepared([*photos, bad], tmp_path / "cache", n_processes=n_processes)
    assert caught.value.reason == "empty"
    (note,) = tmp_path.rglob("*.done")
    assert len(note.read_text().splitlines()) == 9


@pytest.mark.parametrize("n_processes", [1, 2])
def test_a_photo_changed_since_its_hash_was_taken_is_refused(photos, tmp_path, n_processes):
    path = tmp_path / "oak.png"
    path.write_bytes(photos[0].read_bytes())
    hashes = [sha256_of(photo) for photo in (*photos[1:], path)]
    path.write_bytes(photos[1].read_bytes())
    with pytest.raises(PhotoError, match=r"oak\.png.*--overwrite") as caught:
        prepare_files(
            [*photos[1:], path], hashes, CHOSEN, cache_dir=tmp_path, n_processes=n_processes
        )
    assert caught.value.reason == "changed"


def test_no_photos(tmp_path):
    assert prepared([], tmp_path).shape == (0, 16, 16, 3)


def test_a_hash_for_each_photo_is_asked_for(photos, tmp_path):
    with pytest.raises(ValueError, match="9 paths and 1 hashes"):
        prepare_files(photos, ["0"], CHOSEN, cache_dir=tmp_path)
