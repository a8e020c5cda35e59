"""Training photos remembered: what is unlike them is far, and a stranger's file is checked."""

import numpy as np
import pytest

from arborisk.bundle.reference import MOST_PHOTOS, Reference, build_reference, light_facts
from arborisk.errors import BundleError

WIDTH = 40


def drawn(n_groups, seed=0, shift=0.0):
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), 3)
    # Photos vary in ten directions; what varies in others is unlike them.
    basis = np.random.default_rng(99).normal(size=(10, WIDTH))
    within = random.normal(size=(n_groups, 10))[group] + 0.5 * random.normal(size=(len(group), 10))
    return (within @ basis + shift).astype(np.float32), [str(number) for number in group]


@pytest.fixture(scope="module")
def reference():
    embedding, groups = drawn(60)
    arrays = np.random.default_rng(1).integers(0, 256, (180, 16, 16, 3), dtype=np.uint8)
    return build_reference(embedding, arrays, groups, np.arange(180) % 2)


def test_photos_of_new_groups_seldom_exceed_the_limit(reference):
    embedding, _ = drawn(400, seed=5)
    assert 0.02 < (reference.distance(embedding) > reference.limit(0.05)).mean() < 0.12


def test_what_is_unlike_is_far(reference):
    embedding, _ = drawn(50, seed=6, shift=8.0)
    assert (reference.distance(embedding) > reference.limit(0.01)).mean() > 0.9


def test_a_photo_at_hand_is_near_itself(reference):
    embedding, _ = drawn(60)
    assert reference.distance(embedding).mean() < reference.held_out.mean()


def test_few_groups_call_nothing_unlike():
    embedding, groups = drawn(9)
    few = build_reference(embedding, np.zeros((27, 8, 8, 1), np.uint8), groups, np.zeros(27, int))
    assert few.limit(0.01) == float("inf")


def test_of_many_photos_some_are_kept_from_all_over():
    embedding, groups = drawn(400)
    many = build_reference(
        embedding, np.zeros((1200, 8, 8, 1), np.uint8), groups, np.zeros(1200, int)
    )
    assert len(many.points) == MOST_PHOTOS
    assert many.n_groups > 350


def test_arrays_bring_it_back(reference):
    again = Reference.from_arrays(reference.to_arrays(), where="file")
    embedding, _ = drawn(5, seed=3)
    assert (again.distance(embedding) == reference.distance(embedding)).all()


BAD = {
    "no mean": lambda arrays: arrays.pop("mean"),
    "another width": lambda arrays: arrays.update(mean=arrays["mean"][:-1]),
    "not a number": lambda arrays: arrays["points"].fill(np.nan),
    "another type": lambda arrays: arrays.update(points=arrays["points"].astype(np.float64)),
    "no photo": lambda arrays: arrays.update(points=arrays["points"][:0]),
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused(reference, change):
    arrays = {name: array.copy() for name, array in reference.to_arrays().items()}
    change(arrays)
    with pytest.raises(BundleError, match=r"the arrays|finite numbers"):
        Reference.from_arrays(arrays, where="file")


def test_light_by_hand():
    flat = np.full((20, 20, 3), 100, np.uint8)
    assert light_facts(flat) == pytest.approx((100, 100, 100, 1.0))
    chess = (np.indices((20, 20)).sum(axis=0) % 2 * 255).astype(np.uint8)[:, :, None]
    dark, _, bright, blur = light_facts(chess)
    assert (dark, bright) == (0, 255)
    # Of five neighbours on a chess board two or three are bright: a fifth of each step is left.
    assert blur == pytest.approx(0.2)


def test_a_blurred_photo_keeps_more_of_its_differences():
    random = np.random.default_rng(0)
    sharp = random.integers(0, 256, (64, 64, 1)).astype(np.uint8)
    soft = sharp.copy()
    for axis in (0, 1):
        soft = ((soft.astype(int) + np.roll(soft, 1, axis) + np.roll(soft, 2, axis)) // 3).astype(
            np.uint8
        )
    assert light_facts(soft)[3] > light_facts(sharp)[3] + 0.1


def test_few_groups_promise_less_than_is_asked(reference):
    """With 60 groups the rate of a new one is known to 1 in 61, and may be 4.9 % by bad luck."""
    stated, at_most = reference.limit_range(0.01)
    assert stated == pytest.approx(1 / 61)
    # The largest of 60: 1 - 0.05 ** (1 / 60).
    assert at_most == pytest.approx(0.0487, abs=1e-4)
    assert reference.limit_range(0.2)[0] == 0.2
