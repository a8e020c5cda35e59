"""Scores against scikit-learn, hand-worked cases, and the stated conventions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from arborisk.errors import ArboriskError
from arborisk.metrics.scores import (
    Sums,
    confusion_matrix,
    degenerate_sentence,
    predicted_class,
    prior_sampling_scores,
    score_table,
    scores,
)

THREE = ("Im", "Po", "Pr")


def drawn(seed, n_photos, n_classes):
    generator = np.random.default_rng(seed)
    # Every class occurs, as splits guarantee; scikit-learn warns otherwise.
    truth = np.append(np.arange(n_classes), generator.integers(0, n_classes, n_photos))
    return truth, generator.dirichlet(np.ones(n_classes), len(truth))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 80), st.integers(2, 4))
def test_scores_equal_those_of_scikit_learn(seed, n_photos, n_classes):
    truth, probability = drawn(seed, n_photos, n_classes)
    names = tuple("ABCD"[:n_classes])
    found = scores(truth, probability, class_names=names, ordered=True)
    called = probability.argmax(axis=1)
    labels = range(n_classes)
    expected = {
        "accuracy": reference.accuracy_score(truth, called),
        "balanced_accuracy": reference.balanced_accuracy_score(truth, called),
        "quadratic_weighted_kappa": reference.cohen_kappa_score(
            truth, called, weights="quadratic", labels=labels
        ),
        "log_loss": reference.log_loss(truth, probability, labels=labels),
        "brier": reference.brier_score_loss(truth, probability, labels=labels, scale_by_half=False),
    }
    each = reference.precision_recall_fscore_support(truth, called, labels=labels, zero_division=0)
    for kind, values in zip(("precision", "recall", "f1"), each, strict=False):
        expected |= {f"{kind}_{name}": value for name, value in zip(names, values, strict=True)}
        expected[f"macro_{kind}"] = values.mean()
    assert found == pytest.approx(expected)
    assert (confusion_matrix(truth, probability) == reference.confusion_matrix(truth, called)).all()


def test_a_class_that_is_never_predicted_or_never_true_scores_0():
    truth, probability = np.array([0, 0, 1]), np.tile([0.8, 0.1, 0.1], (3, 1))
    found = scores(truth, probability, class_names=THREE, ordered=True)
    assert found["precision_Po"] == found["recall_Po"] == found["f1_Pr"] == 0
    assert found["balanced_accuracy"] == pytest.approx(1 / 2)  # of the two classes that occur
    assert found["macro_recall"] == pytest.approx(1 / 3)  # of all three
    assert found["quadratic_weighted_kappa"] == 0


def test_kappa_is_only_for_ordered_classes():
    truth, probability = drawn(0, 10, 3)
    assert "quadratic_weighted_kappa" not in scores(
        truth, probability, class_names=THREE, ordered=False
    )


@pytest.mark.parametrize(
    ("truth", "probability", "message"),
    [
        ([0, 1], [[0.5, 0.5]], "shape"),
        ([], np.empty((0, 2)), "at least one photo"),
        ([2], [[0.5, 0.5]], "class numbers from 0 to 1"),
        ([0], [[3.0, -2.0]], "sum to 1"),
        ([0], [[0.5, np.nan]], "sum to 1"),
        ([0], [[70.0, 30.0]], "not logits or percentages"),
    ],
)
def test_input_that_does_not_fit_is_refused(truth, probability, message):
    with pytest.raises(ArboriskError, match=message):
        scores(
            np.array(truth, dtype=np.int64),
            np.array(probability),
            class_names=("Im", "Pr"),
            ordered=True,
        )


def test_prior_sampling_is_what_many_random_draws_score():
    generator = np.random.default_rng(3)
    truth = np.repeat([0, 1, 2], [350, 90, 60])
    prior = np.tile([0.68, 0.2, 0.12], (500, 1))
    expected = prior_sampling_scores(prior, truth, class_names=THREE, ordered=True)
    totals = dict.fromkeys(expected, 0.0)
    for _ in range(200):
        called = np.eye(3)[generator.choice(3, p=prior[0], size=500)]
        for name, value in scores(truth, called, class_names=THREE, ordered=True).items():
            totals[name] += value / 200
    for name in expected:
        if name not in ("log_loss", "brier"):
            assert totals[name] == pytest.approx(expected[name], abs=0.01), name
    assert expected["log_loss"] == pytest.approx(
        scores(truth, prior, class_names=THREE, ordered=True)["log_loss"]
    )


def answers(counts):
    """Truth and one-hot predictions from a confusion matrix."""
    cells = [(true, called) for (true, called), n in np.ndenumerate(counts) for _ in range(n)]
    truth, called = np.array(cells).T
    return truth, np.eye(len(counts))[called]


def test_a_constant_answer_is_called_degenerate_with_its_scores():
    sentence = degenerate_sentence(*answers(np.array([[66, 0], [10, 0]])), ("Im", "Pr"))
    assert sentence is not None
    assert sentence.startswith("Degenerate: the model calls 76 of 76 photos 'Im'.")
    assert "accuracy 0.868 with balanced accuracy 0.500" in sentence


@pytest.mark.parametrize(
    ("counts", "is_degenerate"),
    [
        ([[66, 0], [7, 3]], True),  # 73 of 76: nearly every photo
        ([[60, 6], [10, 0]], False),  # 70 of 76: wrong, but not one answer
        ([[97, 0], [0, 3]], False),  # faultless where 97 % are of one class
    ],
)
def test_degenerate_is_about_answers_not_about_rare_classes(counts, is_degenerate):
    sentence = degenerate_sentence(*answers(np.array(counts)), ("Im", "Pr"))
    assert (sentence is not None) == is_degenerate


def test_a_tie_goes_to_the_likelier_class():
    probability = np.array([[0.4, 0.4, 0.2], [0.5, 0.25, 0.25], [1 / 3, 1 / 3, 1 / 3]])
    assert predicted_class(probability).tolist() == [1, 0, 2]


def test_scores_of_a_stack_are_those_of_each_alone():
    confusion = np.random.default_rng(3).integers(1, 9, (4, 3, 3)).astype(np.float64)
    stack = Sums(confusion, np.arange(1.0, 5.0), np.arange(2.0, 6.0))
    found = score_table(stack, class_names=("a", "b", "c"), ordered=True)
    for row in range(4):
        one = Sums(*(part[row] for part in (stack.confusion, stack.log_loss, stack.brier)))
        alone = score_table(one, class_names=("a", "b", "c"), ordered=True)
        for name, value in alone.items():
            assert found[name][row] == pytest.approx(float(value)), name
