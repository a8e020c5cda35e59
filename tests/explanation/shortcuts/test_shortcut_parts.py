"""Who is asked, what is measured, what is altered: known answers."""

from dataclasses import replace

import numpy as np
import pytest

from arborisk.errors import ArboriskError
from arborisk.explanation.shortcuts import measures
from arborisk.explanation.shortcuts import photos as pictures
from arborisk.explanation.shortcuts.material import make_pairs
from arborisk.explanation.shortcuts.measures import predict_by_threshold, predict_class
from arborisk.explanation.shortcuts.photos import UNSEEN_BY_ALL, ShortcutPhotos, held_back_scores


def test_each_photo_is_asked_of_its_own_member(fake_opened, fake_arrays):
    member = np.array([0, 1, 0, 1, UNSEEN_BY_ALL, 0, 1, 0, 1])
    found = held_back_scores(fake_opened, fake_arrays, member, batch=2)
    each = fake_opened.log_probability(fake_opened.pictures(fake_arrays)).detach().numpy()
    wanted = [each.mean(axis=0)[4] if one < 0 else each[one, row] for row, one in enumerate(member)]
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    assert np.abs(each[0] - each[1]).max() > 0.01


def test_the_bundles_own_file_is_used_where_members_share_a_body(
    fake_network, fake_opened, fake_arrays, stub_bundle
):
    torch = pytest.importorskip("torch")
    from arborisk.models.averaged import AveragedNetwork

    first = fake_network(0)
    other = first.with_classifier(fake_network(1).classifier)
    opened = replace(fake_opened, network=AveragedNetwork([first, other], fake_opened.preprocess))

    def answer(arrays):
        with torch.no_grad():
            return opened.network(torch.from_numpy(arrays))[2].numpy()

    member = np.arange(9) % 2
    by_torch = held_back_scores(opened, fake_arrays, member)
    by_file = held_back_scores(replace(opened, bundle=stub_bundle(answer)), fake_arrays, member)
    np.testing.assert_allclose(by_file, by_torch, atol=1e-5)


def test_a_member_that_does_not_exist_is_refused(fake_opened, fake_arrays):
    with pytest.raises(ArboriskError, match=r"members from 0 to 1.*predictions\.csv"):
        held_back_scores(fake_opened, fake_arrays, np.full(9, 2))


def test_lengths_that_differ_are_refused(fake_arrays):
    with pytest.raises(ArboriskError, match="one value for each of the 9 photos"):
        ShortcutPhotos(fake_arrays, np.zeros(8, int), ("a",) * 9, np.zeros(9, int))
    with pytest.raises(ArboriskError, match=r"masks of shape \(9, 32, 32\)"):
        ShortcutPhotos(
            fake_arrays, np.zeros(9, int), ("a",) * 9, np.zeros(9, int), np.zeros((9, 8, 8), bool)
        )


def test_order_share_counts_pairs():
    groups = [f"tree {number}" for number in range(40)]
    first = np.arange(40) >= 20
    right = measures.order_share(np.arange(40.0), first, groups)
    assert right.value == 1.0 and 0.7 < right.low < 1.0
    assert measures.order_share(np.zeros(40), first, groups).value == 0.5
    half = measures.order_share(
        np.array([1.0, 3.0, 2.0, 4.0]), np.array([0, 0, 1, 1]) > 0, list("abcd")
    )
    assert half.value == 0.75 and half.low is None and "too few" in half.note


def test_pairs_are_of_other_groups_and_the_same_member_and_stand_in_both_directions(fake_arrays):
    photos = ShortcutPhotos(
        fake_arrays,
        np.arange(9) % 3,
        ("a", "a", "b", "b", "c", "c", "d", "d", "e"),
        np.arange(9) // 5,  # photos of one group have one member, so that only the group parts them
    )
    pairs = make_pairs(photos, 3, n_pairs=99, seed=0)
    assert len(pairs) >= 6 and len(pairs) % 2 == 0
    assert pairs.host[::2].tolist() == pairs.donor[1::2].tolist()
    for host, donor in zip(pairs.host, pairs.donor, strict=True):
        assert photos.class_index[host] != photos.class_index[donor]
        assert photos.groups[host] != photos.groups[donor]
        assert photos.member[host] == photos.member[donor]


def test_only_keeps_nothing_else(fake_arrays):
    border = pictures.border_mask(32)
    kept = pictures.only(fake_arrays, border)
    np.testing.assert_array_equal(kept[:, border], fake_arrays[:, border])
    assert np.ptp(kept[:, ~border], axis=1).max() == 0


def test_what_is_filled_in_tells_nothing_of_what_was_covered(fake_arrays):
    mask = np.zeros((9, 32, 32), bool)
    mask[:, 8:20, 8:20] = True
    other = np.where(mask[..., None], 255 - fake_arrays, fake_arrays)
    np.testing.assert_array_equal(pictures.filled(fake_arrays, mask), pictures.filled(other, mask))
    np.testing.assert_array_equal(pictures.filled(fake_arrays, mask & False), fake_arrays)


def test_small_changes_are_small_and_do_something():
    smooth = np.broadcast_to(np.linspace(60, 160, 32)[:, None, None], (2, 32, 32, 3))
    photos = smooth.astype(np.uint8)
    assert pictures.brighter(photos, 1.1).mean() == pytest.approx(1.1 * photos.mean(), rel=0.01)
    warm = pictures.tinted(photos, 0.05).astype(float).mean(axis=(0, 1, 2))
    assert warm[0] > warm[1] > warm[2]
    assert pictures.tinted(photos[..., :1], 0.05).tolist() == photos[..., :1].tolist()
    assert 0 < np.abs(pictures.stored(photos, 30).astype(float) - photos).mean() < 5
    noise = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 1), dtype=np.uint8)
    assert pictures.blurred(noise, 1.0).std() < 0.6 * noise.std()


def test_small_fits_answer_for_groups_they_did_not_see():
    random = np.random.default_rng(0)
    groups = [f"tree {number // 2}" for number in range(80)]
    first = np.repeat(np.arange(40) % 2, 2) > 0
    # A number that is the same within a group and random between groups tells nothing out of fold.
    luck = np.repeat(random.normal(size=(40, 8)), 2, axis=0)
    told = predict_class(luck, first, groups, seed=0)
    assert measures.order_share(told, first, groups).low < 0.5
    by_rule = predict_by_threshold(first + random.normal(0, 0.05, 80), first, groups, seed=0)
    assert (by_rule == first).all()
    assert (predict_by_threshold(-1.0 * first, first, groups, seed=0) == first).all()
