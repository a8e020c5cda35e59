"""Memory does not grow with the number of photos, but for their names."""

import gc
import os
import tracemalloc

import pytest

from arborisk.prediction.run import predict_photos

MOST_BYTES_A_PHOTO = 2_500  # one prepared picture of the fake network has 3,072


@pytest.fixture
def folder_of(photos, tmp_path):
    def make(n_photos):
        folder = tmp_path / f"many-{n_photos}"
        folder.mkdir()
        for number in range(n_photos):
            os.link(photos / "0.JPG", folder / f"{number:04d}.jpg")
        return folder

    return make


def sweep(done, total):
    """Headers that Pillow read lie about in circles; beside a large program they do so for long."""
    if done % 65 == 0:
        gc.collect()


def test_only_names_are_kept(bundle, folder_of, tmp_path):
    peaks = {}
    predict_photos(bundle, folder_of(30), tmp_path / "30.csv")  # what is loaded once, is loaded now
    for n_photos in (60, 260):
        folder = folder_of(n_photos)
        gc.collect()
        tracemalloc.start()
        predict_photos(bundle, folder, tmp_path / f"{n_photos}.csv", progress=sweep)
        peaks[n_photos] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (peaks[260] - peaks[60]) / 200 < MOST_BYTES_A_PHOTO
