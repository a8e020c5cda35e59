"""The worst errors come first, and are really errors of the kind asked for."""

import numpy as np

from arborisk.evaluation.evaluate import evaluate_run, worst_mistakes


def test_worst_first_and_each_kind_apart(tmp_path, make_run):
    evaluation = evaluate_run(make_run(tmp_path, names=("Im", "Po", "Pr"), n_trees=60, skill=1.0))
    every = worst_mistakes(evaluation, too_low=None, n=1000)
    low = worst_mistakes(evaluation, too_low=True, n=1000)
    high = worst_mistakes(evaluation, too_low=False, n=1000)
    off_diagonal = evaluation.confusion.sum() - np.trace(evaluation.confusion)
    assert len(every) == len(low) + len(high) == off_diagonal
    assert all(mistake.said_index < mistake.true_index for mistake in low)
    assert all(mistake.said_index > mistake.true_index for mistake in high)
    for kind in (every, low, high):
        given = [mistake.true_probability for mistake in kind]
        assert given == sorted(given)
    assert worst_mistakes(evaluation, too_low=True, n=3) == low[:3]
