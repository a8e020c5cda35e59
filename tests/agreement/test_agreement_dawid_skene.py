"""Consensus: the published example, a known truth, and what votes and priors decide."""

import numpy as np
import pytest
from published import anaesthetists

from arborisk.agreement.consensus import dawid_skene, make_consensus, vote_of
from arborisk.dataset.label_words import agreed_label
from arborisk.dataset.schemes import ISA_WORDS
from arborisk.simulate.tables import RATERS, draw_ratings


def test_dawid_and_skenes_own_example():
    found = dawid_skene(anaesthetists(), prior=0.0)
    assert found.settled
    assert np.round(found.shares, 2).tolist() == [0.40, 0.42, 0.11, 0.07]  # their table 2
    assert np.round(found.confusion[0], 2).tolist() == [  # table 3, observer 1
        [0.89, 0.11, 0.00, 0.00],
        [0.07, 0.88, 0.05, 0.00],
        [0.00, 0.34, 0.66, 0.00],
        [0.00, 0.00, 0.56, 0.44],
    ]
    likeliest = found.probability.argmax(axis=1)[:6] + 1  # table 4
    assert likeliest.tolist() == [1, 4, 2, 2, 2, 2]


def test_a_known_confusion_is_found_again():
    rng = np.random.default_rng(8)
    truth = rng.choice(3, 4000, p=[0.7, 0.18, 0.12])
    said = draw_ratings(truth, rng)
    found = make_consensus(said, 3, ordered=True)
    known = np.array([rater.confusion for rater in RATERS])
    assert np.abs(found.model.confusion - known).max() < 0.08
    assert np.abs(found.model.shares - [0.7, 0.18, 0.12]).max() < 0.03
    right = (found.likeliest == truth).mean()
    assert right >= (found.vote == truth).mean()
    # Probabilities mean what they say: as many are right as they claim.
    assert found.model.probability.max(axis=1).mean() == pytest.approx(right, abs=0.03)


def test_a_contrary_rater_loses_the_vote_and_keeps_the_word():
    """One who always says the opposite informs as well as one who is always right."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 600)
    said = np.array([np.where(rng.random(600) < p, truth, 1 - truth) for p in (0.9, 0.9, 0.9, 0.1)])
    found = make_consensus(said.T, 2, ordered=False)
    assert (found.likeliest == truth).mean() > (found.vote == truth).mean()


@pytest.mark.parametrize("seed", range(3))
def test_the_vote_is_that_of_an_import(seed):
    said = np.random.default_rng(seed).integers(-1, 3, (40, 4))
    counts = np.stack([(said == k).sum(axis=1) for k in range(3)], axis=1).astype(float)
    for vote, row in zip(vote_of(counts, ordered=True), said, strict=True):
        label = agreed_label([ISA_WORDS[k] for k in row if k >= 0])
        assert label == (ISA_WORDS[vote] if vote >= 0 else "")


def test_ties_without_an_order_and_items_without_ratings_stay_open():
    counts = np.array([[1.0, 1.0], [2.0, 1.0], [0.0, 0.0]])
    assert vote_of(counts, ordered=False).tolist() == [-1, 0, -1]
    found = make_consensus(np.array([[0, 1], [0, 0], [-1, -1]]), 2, ordered=False)
    assert found.likeliest[2] == -1
    np.testing.assert_allclose(found.model.probability.sum(axis=1), 1)


def test_uncertainty_is_told():
    said = np.array([[0, 0, 0]] * 20 + [[1, 1, 1]] * 20 + [[0, 1, -1]])
    found = make_consensus(said, 2, ordered=True)
    assert found.entropy[-1] > 0.5 > found.entropy[0]
    assert found.n_open == 1
