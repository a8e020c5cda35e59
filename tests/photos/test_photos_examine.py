from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from arborisk.photos import workers
from arborisk.photos.decode import read_facts, read_photo
from arborisk.photos.examine import examine_file, examine_files
from arborisk.photos.files import sha256_of
from arborisk.photos.fingerprints import perceptual_hash, thumbnail
from arborisk.photos.workers import map_photos
from arborisk.records import Failure


def test_one_decode_gives_what_the_single_functions_give(tmp_path, scene):
    scene(640, 480, 5).save(tmp_path / "a.jpg")
    examined = examine_file(tmp_path / "a.jpg")
    whole = read_photo(tmp_path / "a.jpg")
    assert examined.facts == read_facts(tmp_path / "a.jpg")
    assert examined.sha256 == sha256_of(tmp_path / "a.jpg")
    assert np.abs(examined.thumbnail.astype(int) - thumbnail(whole)).mean() < 1
    different_bits = int(examined.phash, 16) ^ int(perceptual_hash(whole), 16)
    assert different_bits.bit_count() <= 2


@pytest.mark.parametrize("n_processes", [1, 2])
def test_order_is_kept_and_a_bad_photo_is_a_row(tmp_path, scene, n_processes):
    paths = [tmp_path / f"{number}.png" for number in range(11)]
    for number, path in enumerate(paths):
        scene(40 + number, 60, number).save(path)
    paths[4].write_bytes(b"")
    steps = []
    entries = examine_files(
        paths, n_processes=n_processes, progress=lambda *step: steps.append(step)
    )
    assert isinstance(entries[4], Failure)
    assert (entries[4].file, entries[4].reason) == (str(paths[4]), "empty")
    good = [number for number in range(11) if number != 4]
    assert [entries[number].path for number in good] == [paths[number] for number in good]
    assert [entries[number].facts.width for number in good] == [40 + number for number in good]
    assert steps == [(done, 11) for done in range(1, 12)]


def test_a_caller_that_stops_early_stops_the_work():
    results = map_photos(str.upper, ["leaf"] * 400, n_processes=2)
    assert next(results) == "LEAF"
    results.close()
    with pytest.raises(StopIteration):
        next(results)


def test_without_a_number_of_processes_few_items_stay_here_and_many_get_one_a_core(monkeypatch):
    wanted = []

    def pool(n_workers, **_):
        wanted.append(n_workers)
        return ThreadPoolExecutor(n_workers)

    monkeypatch.setattr(workers, "ProcessPoolExecutor", pool)
    monkeypatch.setattr(workers, "n_cores", lambda: 3)
    monkeypatch.setattr(workers, "_WORTH_A_POOL", 24)
    assert list(map_photos(str.upper, ["leaf"] * 23)) == ["LEAF"] * 23
    assert wanted == []
    assert list(map_photos(str.upper, ["leaf"] * 24)) == ["LEAF"] * 24
    assert wanted == [3]
