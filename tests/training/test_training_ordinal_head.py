"""Ordinal heads against what they must equal: binary regressions, known thresholds, torch."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy.optimize import approx_fprime

from arborisk.training.head import fit_head
from arborisk.training.regression import (
    CornLikelihood,
    CumulativeLinkLikelihood,
    Nominal,
    cross_entropy,
    fit_path,
)
from arborisk.training.settings import HeadSettings

OUTPUTS = ("nominal", "cumulative_link", "corn")


def graded(n_photos, n_classes, n_features, *, seed=0):
    """Embeddings whose classes follow proportional odds: weights, thresholds, rows, classes."""
    generator = np.random.default_rng(seed)
    weight = generator.normal(0, 1, n_features)
    thresholds = np.linspace(-2, 3, n_classes - 1)
    embeddings = generator.normal(0, 1, (n_photos, n_features))
    noise = generator.logistic(0, 1, n_photos)
    class_index = np.searchsorted(thresholds, embeddings @ weight + noise)
    return weight, thresholds, embeddings.astype(np.float32), class_index


def fit(embeddings, class_index, output, *, strength=0.01, weights="none", **given):
    return fit_head(
        embeddings,
        class_index,
        [f"tree-{row}" for row in range(len(class_index))],
        n_classes=int(class_index.max()) + 1,
        settings=HeadSettings(strengths=(strength,), class_weights=weights),
        seed=0,
        output=output,
        **given,
    )


@pytest.mark.parametrize("likelihood", [Nominal(4), CumulativeLinkLikelihood(4), CornLikelihood(4)])
def test_slopes_are_those_of_the_loss(likelihood):
    generator = np.random.default_rng(1)
    wanted = generator.dirichlet([0.5] * 4, 1)
    n_scores = likelihood.n_scores

    def loss(numbers):
        scores, offsets = numbers[None, :n_scores], numbers[n_scores:]
        return cross_entropy(likelihood.log_probability(scores, offsets), wanted)[0]

    for _ in range(5):
        numbers = generator.normal(0, 1, n_scores + likelihood.n_offsets)
        said = likelihood.slopes(numbers[None, :n_scores], numbers[n_scores:], wanted)
        assert np.concatenate(said, axis=1)[0] == pytest.approx(
            approx_fprime(numbers, loss), abs=1e-5
        )
        probability = np.exp(
            likelihood.log_probability(numbers[None, :n_scores], numbers[n_scores:])
        )
        assert probability.sum() == pytest.approx(1)


def test_cumulative_link_finds_the_thresholds_it_was_drawn_with():
    weight, thresholds, embeddings, class_index = graded(20_000, 4, 3)
    head = fit(embeddings, class_index, "cumulative_link", strength=1e-6).weights
    found = head["first"] + np.concatenate([[0], np.exp(head["log_steps"]).cumsum()])
    assert head["score.weight"][0] == pytest.approx(weight, abs=0.08)
    assert found == pytest.approx(thresholds, abs=0.1)


def test_corn_is_one_binary_regression_a_question():
    linear_model = pytest.importorskip("sklearn.linear_model")
    _, _, features, class_index = graded(300, 4, 5, seed=3)
    features, strength = features.astype(np.float64), 0.02
    (fitted,) = fit_path(
        features, np.eye(4)[class_index], np.ones(300), [strength], CornLikelihood(4)
    )
    for question in range(3):
        asked = class_index >= question
        plain = linear_model.LogisticRegression(C=1 / (300 * strength / 2), tol=1e-8)
        plain.fit(features[asked], class_index[asked] > question)
        assert fitted.weight[question] == pytest.approx(plain.coef_[0], abs=2e-3)
        assert fitted.offsets[question] == pytest.approx(plain.intercept_[0], abs=2e-3)


def test_with_two_classes_all_heads_agree():
    _, _, embeddings, class_index = graded(200, 2, 30)
    nominal, *ordinal = (fit(embeddings, class_index, output) for output in OUTPUTS)
    for head in ordinal:
        assert head.probability(embeddings) == pytest.approx(
            nominal.probability(embeddings), abs=1e-3
        )


@pytest.mark.parametrize("output", OUTPUTS)
def test_shares_of_one_class_are_that_class_and_torch_says_the_same(output):
    torch = pytest.importorskip("torch")
    from arborisk.models.network import make_head

    _, _, embeddings, class_index = graded(150, 4, 200)
    hard = fit(embeddings, class_index, output, weights="balanced")
    sure = fit(
        embeddings, class_index, output, weights="balanced", class_share=np.eye(4)[class_index]
    )
    said = hard.probability(embeddings)
    assert np.array_equal(said, sure.probability(embeddings))
    layer = make_head(output, 200, 4)
    layer.load_state_dict({key: torch.from_numpy(value) for key, value in hard.weights.items()})
    with torch.inference_mode():
        assert torch.softmax(layer(torch.from_numpy(embeddings)), 1).numpy() == pytest.approx(
            said, abs=1e-5
        )


@pytest.mark.parametrize("output", OUTPUTS)
def test_with_nothing_to_see_the_shares_of_the_ratings_are_said(output):
    alike, class_index = np.full((30, 6), 2.5, np.float32), np.arange(30) % 3
    ratings = np.tile([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.1, 0.1, 0.8]], (10, 1))
    head = fit(alike, class_index, output, class_share=ratings)
    assert head.probability(alike)[0] == pytest.approx([0.2, 0.45, 0.35], abs=1e-4)
