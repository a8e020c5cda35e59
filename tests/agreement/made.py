"""Made-up ratings with a known truth."""

import numpy as np

from arborisk.agreement.predictions import ModelAnswers
from arborisk.agreement.ratings import BLIND, SHOWN, Ratings
from arborisk.dataset.schemes import ISA_SCHEMES
from arborisk.simulate.tables import draw_ratings

SCHEME = ISA_SCHEMES["Pr_Po_Im"]


def ratings_of(said, *, saw=None, scheme=SCHEME, trees=None):
    """Ratings from class indices, shape (n_items, n_raters) or a list of such, one a round."""
    rounds = said if isinstance(said, list) else [said]
    entries = [
        (item, rater, table[item, rater], when)
        for when, table in enumerate(rounds)
        for item, rater in zip(*np.nonzero(table >= 0), strict=True)
    ]
    item, rater, index, when = (np.array(column) for column in zip(*entries, strict=True))
    n_items, n_raters = rounds[0].shape
    names = tuple(f"tree {number}" for number in range(n_items))
    return Ratings(
        names,
        "tree",
        names if trees is None else trees,
        tuple(f"rater {number}" for number in range(n_raters)),
        scheme,
        item,
        rater,
        index,
        tuple(scheme.titles[k] for k in index),
        np.array([SHOWN if saw and saw[k] else BLIND for k in when]),
    )


def drawn(n_trees, seed=0, n_raters=4):
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, n_trees, p=[0.6, 0.22, 0.18])
    return truth, draw_ratings(truth, rng)[:, :n_raters]


def answers_of(index, k=3):
    return ModelAnswers(index, np.eye(k)[index], held_back=True)
