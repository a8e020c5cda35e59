"""Decoded pixels in flight are bounded, and a large picture comes out as small as is asked for."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from arborisk.photos import decode, workers
from arborisk.photos.decode import decode_photo, decoding
from arborisk.photos.workers import BUDGET_PIXELS, UNIT_PIXELS, room_for


def pixels_at_once(sizes):
    """The most pixels that were in flight while threads wanted room for these, all at once."""
    lock, inside, most = threading.Lock(), [], []

    def use(n_pixels):
        with room_for(n_pixels):
            with lock:
                inside.append(n_pixels)
                most.append(sum(inside))
            threading.Event().wait(0.002)
            with lock:
                inside.remove(n_pixels)

    with ThreadPoolExecutor(len(sizes)) as pool:
        list(pool.map(use, sizes))
    return max(most)


@pytest.mark.parametrize("make", ["threads", "processes"])
def test_pixels_in_flight_stay_within_the_budget(monkeypatch, make):
    if make == "processes":
        monkeypatch.setattr(workers, "_budget", workers.shared_budget())
    sizes = [24_000_000] * 12 + [40_000_000] * 6 + [UNIT_PIXELS // 2] * 6
    found = pixels_at_once(sizes)
    assert 48_000_000 <= found <= BUDGET_PIXELS + 6 * UNIT_PIXELS // 2


def test_a_picture_beyond_the_budget_is_alone():
    assert pixels_at_once([BUDGET_PIXELS * 2] * 3 + [30_000_000] * 3) == BUDGET_PIXELS * 2


def test_a_second_picture_of_one_thread_does_not_wait_for_itself():
    with room_for(BUDGET_PIXELS), room_for(BUDGET_PIXELS):
        pass
    assert pixels_at_once([BUDGET_PIXELS]) == BUDGET_PIXELS  # all of it was given back


def test_the_memory_of_a_large_picture_is_given_back(monkeypatch):
    given_back = []
    monkeypatch.setattr(workers, "_give_back_memory", lambda: given_back.append(1))
    with room_for(workers.TRIMMED_PIXELS - 1):
        pass
    assert not given_back
    with room_for(workers.TRIMMED_PIXELS):
        assert not given_back
    assert given_back


def hold(shared, started, may_end):
    workers.share_budget(shared)
    with room_for(BUDGET_PIXELS):
        started.set()
        may_end.wait(30)


def test_processes_wait_for_each_other(monkeypatch):
    context = multiprocessing.get_context("spawn")
    shared, started, may_end = workers.shared_budget(), context.Event(), context.Event()
    monkeypatch.setattr(workers, "_budget", shared)
    process = context.Process(target=hold, args=(shared, started, may_end))
    process.start()
    assert started.wait(30)
    inside = threading.Event()

    def want():
        with room_for(UNIT_PIXELS):
            inside.set()

    thread = threading.Thread(target=want)
    thread.start()
    assert not inside.wait(0.05)
    may_end.set()
    assert inside.wait(30)
    thread.join()
    process.join()


def free_units():
    units, taken = workers._budget.units, 0
    while units.acquire(blocking=False):
        taken += 1
    for _ in range(taken):
        units.release()
    return taken


@pytest.mark.parametrize(
    ("save", "expected"),
    [
        ({"format": "PNG"}, 2),
        ({"format": "JPEG"}, 0),  # decoded at an eighth
        ({"format": "JPEG", "progressive": True}, 2),  # its coefficients are held in full
    ],
)
def test_room_is_kept_while_the_picture_is_used(tmp_path, save, expected):
    path = tmp_path / "photo"
    Image.new("RGB", (2000, 1100)).save(path, **save)
    before = free_units()
    with decoding(path, at_least_px=100):
        assert before - free_units() == expected
    assert free_units() == before


@pytest.mark.parametrize("orientation", [1, 6, 3])
def test_a_large_png_is_averaged_down(tmp_path, scene, monkeypatch, orientation):
    monkeypatch.setattr(decode, "LARGE_PIXELS", 1000)
    exif = Image.Exif()
    exif[0x0112] = orientation
    scene(203, 301, 0).save(tmp_path / "a.png", exif=exif)
    whole = decode_photo(tmp_path / "a.png").image
    small = decode_photo(tmp_path / "a.png", at_least_px=50)
    assert min(small.image.size) == 51 and small.facts.width == whole.width
    seen = small.image.resize((10, 10), Image.Resampling.BOX, box=small.extent)
    expected = whole.resize((10, 10), Image.Resampling.BOX)
    assert np.abs(np.asarray(seen, float) - np.asarray(expected)).mean() < 2


def test_what_is_see_through_stands_on_white_in_every_strip(tmp_path):
    Image.new("RGBA", (20, 600), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert np.asarray(decode_photo(tmp_path / "a.png").image).min() == 255
