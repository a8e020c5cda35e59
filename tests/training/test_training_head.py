"""A head equals plain logistic regression, and its strength is chosen by whole groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("scipy")

from arborisk.errors import SettingsError
from arborisk.training.head import fit_head
from arborisk.training.regression import Nominal, fit_path, reduce
from arborisk.training.settings import HeadSettings


def clouds(n_photos, n_classes, n_features, *, seed=0, gap=1.0):
    """Embeddings in overlapping clouds, one a class, each photo its own group."""
    generator = np.random.default_rng(seed)
    class_index = np.arange(n_photos) % n_classes
    centres = generator.normal(0, gap, (n_classes, n_features))
    embeddings = 3 + centres[class_index] + generator.normal(0, 2, (n_photos, n_features))
    return embeddings.astype(np.float32), class_index, [f"tree-{row}" for row in range(n_photos)]


def fit(embeddings, class_index, groups, *, seed=0, **choices):
    return fit_head(
        embeddings,
        class_index,
        groups,
        n_classes=int(class_index.max()) + 1,
        settings=HeadSettings(**choices),
        seed=seed,
    )


@pytest.mark.parametrize("n_features", [5, 200])  # fewer and more than photos
@pytest.mark.parametrize("n_classes", [3, 4])
@pytest.mark.parametrize("weights", ["none", "balanced"])
def test_equals_plain_logistic_regression(n_classes, n_features, weights):
    linear_model = pytest.importorskip("sklearn.linear_model")
    embeddings, class_index, groups = clouds(90, n_classes, n_features)
    kept = np.flatnonzero((class_index > 0) | (np.arange(90) % 3 == 0))  # class 0 is rare
    embeddings, class_index = embeddings[kept], class_index[kept]
    strength = 0.02
    head = fit(
        embeddings,
        class_index,
        [groups[row] for row in kept],
        strengths=(strength,),
        class_weights=weights,
    )
    scale = float(reduce(embeddings).scale[0])
    plain = linear_model.LogisticRegression(
        C=1 / (len(kept) * strength * scale**2),
        tol=1e-8,
        max_iter=5000,
        class_weight="balanced" if weights == "balanced" else None,
    ).fit(embeddings.astype(np.float64), class_index)
    wanted = plain.predict_proba(embeddings.astype(np.float64))
    assert np.abs(head.probability(embeddings) - wanted).max() < 2e-3
    assert head.strength == strength


def test_two_classes_are_told_apart():
    embeddings, class_index, groups = clouds(120, 2, 40, gap=2.0)
    head = fit(embeddings, class_index, groups)
    unseen, unseen_class, _ = embeddings[::2], class_index[::2], groups
    assert (head.probability(unseen).argmax(axis=1) == unseen_class).mean() > 0.95
    assert np.allclose(head.probability(unseen).sum(axis=1), 1)
    assert head.weights["weight"].shape == (2, 40)
    assert head.weights["weight"].dtype == head.weights["bias"].dtype == np.float32


def test_strength_is_chosen_by_whole_groups():
    # Labels are drawn by tree; photos of a tree look alike. Photos of unseen trees tell nothing, so
    # only a nearly constant answer is good; judged photo by photo, no penalty would look best.
    generator = np.random.default_rng(5)
    tree = np.repeat(np.arange(30), 4)
    class_index = (np.arange(30) % 2)[tree]
    looks = generator.normal(0, 1, (30, 60))[tree] + generator.normal(0, 0.05, (120, 60))
    looks = looks.astype(np.float32)
    by_tree = fit(looks, class_index, [f"tree-{number}" for number in tree])
    by_photo = fit(looks, class_index, [f"photo-{row}" for row in range(120)])
    assert by_photo.strength == min(HeadSettings().strengths)
    assert by_tree.strength > 100 * by_photo.strength
    assert min(by_tree.inner_losses) == pytest.approx(np.log(2), abs=0.15)
    assert min(by_photo.inner_losses) < 0.1


def test_without_inner_folds_the_stated_default_is_taken():
    embeddings, class_index, _ = clouds(20, 2, 8)
    head = fit(embeddings, class_index, ["one tree"] * 20)
    assert head.inner_losses == ()
    assert head.strength == HeadSettings().default_strength


@pytest.mark.parametrize(("weights", "share"), [("none", 0.25), ("balanced", 0.5)])
def test_with_nothing_to_see_the_class_shares_are_said(weights, share):
    class_index = np.array([0, 0, 0, 1] * 10)
    alike = np.full((40, 6), 2.5, np.float32)
    head = fit(alike, class_index, [f"tree-{row}" for row in range(40)], class_weights=weights)
    assert head.probability(alike)[0, 1] == pytest.approx(share, abs=1e-4)


def test_a_class_without_a_photo_is_refused():
    embeddings, class_index, groups = clouds(20, 2, 8)
    with pytest.raises(SettingsError, match=r"\[10, 10, 0\].*joins the rare class"):
        fit_head(embeddings, class_index, groups, n_classes=3, settings=HeadSettings(), seed=0)


def test_same_seed_same_head():
    embeddings, class_index, groups = clouds(60, 3, 80)
    first, again = (fit(embeddings, class_index, groups, seed=2) for _ in range(2))
    assert np.array_equal(first.weights["weight"], again.weights["weight"])
    assert first.inner_losses == again.inner_losses


@given(st.integers(2, 30), st.integers(1, 30), st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_reducing_loses_nothing(n_photos, n_features, seed):
    embeddings = np.random.default_rng(seed).normal(5, 2, (n_photos, n_features))
    reduced = reduce(embeddings.astype(np.float32))
    back = reduced.scores @ reduced.axes * reduced.scale + reduced.mean
    assert np.abs(back - embeddings).max() < 1e-4
    assert reduced.scores.shape[1] <= min(n_photos, n_features)
    assert np.mean(np.sum(reduced.scores**2, axis=1)) == pytest.approx(1)


def test_a_path_ends_where_a_direct_fit_ends():
    embeddings, class_index, _ = clouds(50, 3, 10)
    scores, wanted = reduce(embeddings).scores, np.eye(3)[class_index]
    *_, stepwise = fit_path(scores, wanted, np.ones(50), [1.0, 0.1, 0.01], Nominal(3))
    (direct,) = fit_path(scores, wanted, np.ones(50), [0.01], Nominal(3))
    assert np.allclose(stepwise.weight, direct.weight, atol=2e-3)


def test_progress_reaches_its_total():
    steps = []
    embeddings, class_index, groups = clouds(
        40, 2, 5, gap=3.0
    )  # far apart: the weakest strength is best
    fit_head(
        embeddings,
        class_index,
        groups,
        n_classes=2,
        settings=HeadSettings(strengths=(0.1, 0.01, 0.001)),
        seed=0,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_no_part_of_an_embedding_outweighs_another_by_its_units():
    embeddings, class_index, groups = clouds(60, 3, 12)
    louder = embeddings.copy()
    louder[:, 4:] *= 1000
    heads = [
        fit_head(
            table,
            class_index,
            groups,
            n_classes=3,
            settings=HeadSettings(strengths=(0.01,)),
            seed=0,
            parts=(4, 8),
        )
        for table in (embeddings, louder)
    ]
    said = [
        head.probability(table) for head, table in zip(heads, (embeddings, louder), strict=True)
    ]
    assert np.allclose(*said, atol=1e-4)
    reduced = reduce(louder, (4, 8))
    assert np.mean(np.sum(reduced.scores**2, axis=1)) == pytest.approx(1)
