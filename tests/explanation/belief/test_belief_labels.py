"""Labels dealt at random, and whether the model knows anything."""

import numpy as np
import pytest
import torch

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.belief.labels import (
    MOST_OF_SHUFFLED,
    against_shuffled,
    refitted_labels,
    shuffled_labels,
)
from arborisk.explanation.belief.refit import (
    Embedded,
    area_under_roc,
    embeddings_of,
    log_of,
    skill_of,
)
from arborisk.training.head import fit_head
from arborisk.training.settings import HeadSettings

TITLES = ("plain", "square")


@pytest.fixture(scope="module")
def embedded(knowing, planted):
    return Embedded(embeddings_of(knowing, planted.arrays), planted.class_index, planted.groups)


@pytest.fixture(scope="module")
def mislearnt(square_network, open_networks, embedded):
    """The same body under a last layer fitted to labels dealt at random."""
    labels = shuffled_labels(embedded.class_index, embedded.groups, seed=9)
    head = fit_head(
        embedded.embeddings,
        labels,
        embedded.groups,
        n_classes=2,
        settings=HeadSettings(strengths=(0.01,), inner_folds=2),
        seed=0,
    )
    network = square_network()
    network.head.load_state_dict({n: torch.from_numpy(v) for n, v in head.weights.items()})
    return open_networks(network, network)


def skill_on(opened, planted, is_square):
    said = log_of(opened.probability(planted.arrays))
    return skill_of(said, planted.class_index, planted.groups, is_square, TITLES, held_back=True)


def test_dealt_labels_keep_counts_and_have_little_to_do_with_the_truth():
    truth = np.repeat(np.arange(30) % 3, 4)
    groups = [f"tree {n // 4}" for n in range(120)]
    dealt = shuffled_labels(truth, groups, seed=1)
    assert np.bincount(dealt).tolist() == np.bincount(truth).tolist()
    assert all(len(set(dealt[4 * n : 4 * n + 4])) == 1 for n in range(30))  # groups stay whole
    assert 0.2 < (dealt == truth).mean() < 0.5
    assert np.array_equal(dealt, shuffled_labels(truth, groups, seed=1))
    assert not np.array_equal(dealt, shuffled_labels(truth, groups, seed=2))


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    score, of = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert area_under_roc(score, of) == pytest.approx(3 / 4)
    assert area_under_roc(np.zeros(4), of) == pytest.approx(0.5)


def test_a_model_that_knows_does_better_than_guess(knowing, planted, is_square):
    known = skill_on(knowing, planted, is_square)
    assert known.passed is True and known.area.value > 0.95


def test_models_with_shuffled_weights_are_not_shown_to(guessing, planted, is_square):
    found = [skill_on(guessing(seed), planted, is_square) for seed in range(10)]
    # A network of chance may point the right way by luck; most do not.
    assert sum(one.passed is False for one in found) >= 8
    assert "not shown to do better than guess" in found[0].sentence


def test_too_few_groups_leave_the_skill_open(knowing, planted, is_square):
    said = log_of(knowing.probability(planted.arrays[:6]))
    few = skill_of(
        said, planted.class_index[:6], planted.groups[:6], is_square, TITLES, held_back=False
    )
    assert few.passed is None
    assert "may have learnt from" in few.sentence
    none = skill_of(said, np.zeros(6, int), planted.groups[:6], is_square, TITLES, held_back=True)
    assert none is None


def test_unknown_classes_and_classes_outside_the_contrast_are_left_out():
    said = np.log(np.full((40, 3), 1 / 3))
    truth = np.array([0, 1, 2, -1] * 10)
    groups = [str(n) for n in range(40)]
    found = skill_of(said, truth, groups, Contrast(2, (1,)), ("a", "b", "c"), held_back=True)
    assert found.n_photos == 20 and found.area.value == 0.5


def test_the_map_of_a_model_that_knows_hangs_on_the_labels(
    knowing, planted, is_square, activation_maps, embedded
):
    rows = np.flatnonzero(planted.class_index)[:8]
    found = refitted_labels(
        knowing, planted.arrays[rows], is_square, activation_maps, embedded, groups=list("abcdefgh")
    )
    assert found.passed
    assert found.true.value > 0.8 and found.shuffled.value <= MOST_OF_SHUFFLED
    assert found.skill_true.area.value > 0.95
    assert found.skill_shuffled.passed is False  # at chance
    assert "hangs on the labels" in found.sentence


def test_a_model_trained_on_dealt_labels_fails(
    mislearnt, planted, is_square, activation_maps, embedded
):
    rows = np.flatnonzero(planted.class_index)[:8]
    found = refitted_labels(
        mislearnt,
        planted.arrays[rows],
        is_square,
        activation_maps,
        embedded,
        groups=list("abcdefgh"),
    )
    assert not found.passed
    assert "does not hang on the labels" in found.sentence


def test_a_whole_network_is_compared_with_one_trained_on_dealt_labels(
    knowing, mislearnt, planted, is_square, activation_maps, edge_maps
):
    rows = np.flatnonzero(planted.class_index)[:8]

    def check(make_maps):
        return against_shuffled(
            knowing,
            mislearnt,
            planted.arrays[rows],
            is_square,
            make_maps,
            groups=list("abcdefgh"),
        )

    assert check(activation_maps).passed
    assert not check(edge_maps).passed
