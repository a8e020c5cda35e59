"""Losses, class weights and step sizes worked by hand."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

torch = pytest.importorskip("torch")

from arborisk.models.network import make_head  # noqa: E402
from arborisk.training.optimisation import (  # noqa: E402
    class_weight,
    make_optimiser,
    photo_losses,
    smoothed,
    step_size,
    wanted_share,
)
from arborisk.training.settings import (  # noqa: E402
    TrainingSettings,
    settings_for_fine_tuning,
)

AGREED = wanted_share(np.array([0, 1]), 3)
LOGITS = torch.log(torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]))  # softmax gives them back


def test_cross_entropy_is_minus_the_log_of_the_true_share():
    found = photo_losses(LOGITS, torch.from_numpy(AGREED), TrainingSettings())
    assert found.tolist() == pytest.approx([-math.log(0.5), -math.log(0.2)])


def test_squared_error_is_the_decks_cost_on_the_softmax():
    settings = TrainingSettings(loss="squared_error")
    found = photo_losses(LOGITS, torch.from_numpy(AGREED), settings)
    first = (0.5 - 1) ** 2 + 0.25**2 + 0.25**2
    second = 0.1**2 + (0.2 - 1) ** 2 + 0.7**2
    assert found.tolist() == pytest.approx([first, second])


def test_shares_of_raters_are_wanted_as_they_are():
    shares = np.array([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]])  # two raters, four raters
    wanted = torch.from_numpy(wanted_share(np.array([0, 2]), 3, shares))
    found = photo_losses(LOGITS, wanted, TrainingSettings())
    first = -0.5 * math.log(0.5) - 0.5 * math.log(0.25)
    second = -0.25 * math.log(0.2) - 0.75 * math.log(0.7)
    assert found.tolist() == pytest.approx([first, second])
    squared = photo_losses(LOGITS, wanted, TrainingSettings(loss="squared_error"))
    assert squared[0] == pytest.approx(0.25**2 + 0.25**2)


def test_smoothing_spreads_a_share_over_all_classes():
    found = smoothed(torch.from_numpy(AGREED), 0.3)  # 0.3 / 3 classes = 0.1 each
    assert found.tolist() == [pytest.approx([0.8, 0.1, 0.1]), pytest.approx([0.1, 0.8, 0.1])]
    assert torch.equal(smoothed(torch.from_numpy(AGREED), 0.0), torch.from_numpy(AGREED))


@pytest.mark.parametrize("output", ["cumulative_link", "corn"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_ordinal_layers_learn_by_every_loss(output, loss):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        head, embedding = make_head(output, 2, 3), torch.randn(8, 2)
    settings = TrainingSettings(loss=loss)
    wanted = torch.from_numpy(wanted_share(np.arange(8) % 3, 3))
    loss_now = photo_losses(head(embedding), wanted, settings).mean()
    loss_now.backward()
    assert torch.isfinite(loss_now)
    assert all(weight.grad.abs().sum() > 0 for weight in head.parameters())


@pytest.mark.parametrize(
    ("weights", "expected"),
    [("none", [1, 1, 1]), ("balanced", [6 / (2 * 4), 6 / (2 * 2), 0])],
)
def test_class_weights(weights, expected):
    class_index = np.array([0, 0, 0, 0, 1, 1])
    found = class_weight(class_index, 3, weights)
    assert found.tolist() == pytest.approx(expected)
    assert found[class_index].mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        ("constant", [1, 1, 1, 1, 1]),
        ("cosine", [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0]),
        ("step", [1, 1, 0.1, 0.01, 0.01]),
    ],
)
def test_step_sizes_over_time(schedule, factors):
    settings = TrainingSettings(schedule=schedule, learning_rate=2.0)
    found = [step_size(step, 100, settings) for step in (0, 25, 50, 75, 100)]
    assert found == pytest.approx([2 * factor for factor in factors])


@pytest.mark.parametrize(
    ("optimiser", "moved"),
    # Two steps of 0.1 along a constant slope of 3: plain 2 x 0.3; momentum 0.3 + 0.3 x 1.9; Adam
    # one step size each, whatever the slope; AdamW shrinks the weight of 1 by 0.1 x 0.01 as well.
    [("sgd", 0.6), ("momentum", 0.87), ("adam", 0.2), ("adamw", 0.2 + 0.001 + 0.000899)],
)
def test_two_steps_of_each_optimiser(optimiser, moved):
    weight = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    chosen = make_optimiser([weight], TrainingSettings(optimiser=optimiser, learning_rate=0.1))
    for _ in range(2):
        chosen.zero_grad()
        (3 * weight).sum().backward()
        chosen.step()
    assert 1 - float(weight.detach()) == pytest.approx(moved, abs=2e-6)


@pytest.mark.parametrize(
    ("optimiser", "rate"), [("sgd", 0.01), ("momentum", 0.01), ("adam", 0.001), ("adamw", 0.001)]
)
def test_usual_step_sizes(optimiser, rate):
    assert TrainingSettings(optimiser=optimiser).first_rate == rate


def test_defaults_are_the_decks():
    settings = TrainingSettings()
    assert (settings.optimiser, settings.batch_size, settings.epochs) == ("adam", 32, 4)


@pytest.mark.parametrize(
    "changes",
    [
        {"optimiser": "rmsprop"},
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("inf")},
        {"patients": 3},
        {"sampling": "balanced", "class_weights": "balanced"},
    ],
)
def test_settings_that_cannot_work_are_refused(changes):
    with pytest.raises(ValidationError, match=next(iter(changes))):
        TrainingSettings(**changes)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ("adamw", 3e-4, "cosine", "balanced")),
        ({"learning_rate": 0.01}, ("adamw", 0.01, "cosine", "balanced")),
        ({"optimiser": "sgd"}, ("sgd", 0.01, "cosine", "balanced")),  # the usual rate of SGD
        ({"sampling": "balanced"}, ("adamw", 3e-4, "cosine", "none")),
        ({"class_weights": "none"}, ("adamw", 3e-4, "cosine", "none")),
    ],
)
def test_fine_tuning_has_defaults_of_its_own(asked, expected):
    found = settings_for_fine_tuning(TrainingSettings(**asked))
    assert (found.optimiser, found.first_rate, found.schedule, found.class_weights) == expected
    assert found.epochs == TrainingSettings().epochs
