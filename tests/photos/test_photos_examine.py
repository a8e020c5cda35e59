import numpy as np
import pytest

from arborisk.photos import (
    examine_file,
    examine_files,
    map_photos,
    perceptual_hash,
    read_facts,
    read_photo,
    sha256_of,
    thumbnail,
)
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
