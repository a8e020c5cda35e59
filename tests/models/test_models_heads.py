"""Last layers: probabilities by independent formulas, ordered thresholds, finite at extremes."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from arborisk.models.backbone import onnx_bytes  # noqa: E402
from arborisk.models.network import Corn, CumulativeLink, make_head  # noqa: E402

ORDINAL = ("cumulative_link", "corn")


def sigmoid(values):
    return 1 / (1 + np.exp(-np.asarray(values, np.float64)))


def cumulative(score, thresholds):
    """P(class > k) = sigmoid(score - threshold_k); classes are the differences."""
    above = np.hstack([1.0, sigmoid(score - np.asarray(thresholds)), 0.0])
    return above[:-1] - above[1:]


def conditional(logits):
    """P(class > k | class >= k) = sigmoid(logit_k); classes are products."""
    passed = np.cumprod(np.hstack([1.0, sigmoid(logits)]))
    return passed * np.hstack([1 - sigmoid(logits), 1.0])


def cumulative_head(thresholds):
    """Its score is its one feature."""
    head = CumulativeLink(1, len(thresholds) + 1).double()
    steps = np.diff(np.asarray(thresholds, np.float64))
    with torch.no_grad():
        head.score.weight.fill_(1.0)
        head.first.fill_(thresholds[0])
        head.log_steps.copy_(torch.from_numpy(np.log(steps)))
    return head


def corn_head(n_questions):
    """Its logits are its features."""
    head = Corn(n_questions, n_questions + 1).double()
    with torch.no_grad():
        head.questions.weight.copy_(torch.eye(n_questions))
        head.questions.bias.zero_()
    return head


@pytest.mark.parametrize("thresholds", [[0.3], [-1.0, 2.0], [-2.0, -1.99, 0.5, 4.0]])
def test_cumulative_link_is_differences_of_sigmoids(thresholds):
    scores = np.array([[-6.0], [-1.0], [0.0], [0.7], [5.0]])
    found = cumulative_head(thresholds)(torch.from_numpy(scores)).exp().detach().numpy()
    wanted = [cumulative(score, thresholds) for score in scores[:, 0]]
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_corn_is_products_of_answers():
    logits = np.random.default_rng(0).normal(0, 3, (20, 3))
    found = corn_head(3)(torch.from_numpy(logits)).exp().detach().numpy()
    np.testing.assert_allclose(found, [conditional(row) for row in logits], rtol=1e-9)
    # By hand: yes 3/4, yes 1/5: 1/4, 3/4 x 4/5, 3/4 x 1/5.
    by_hand = torch.tensor([[np.log(3.0), np.log(0.25)]])
    np.testing.assert_allclose(corn_head(2)(by_hand).exp().detach(), [[0.25, 0.6, 0.15]])


def test_corn_learns_by_the_losses_of_its_questions():
    # Shi, Cao and Raschka (2023), equation 6, a photo at a time: each question is put to the
    # photos that came so far, and answered yes by those that go on.
    logits = np.random.default_rng(1).normal(0, 2, (12, 3))
    classes = np.arange(12) % 4
    log_probability = corn_head(3)(torch.from_numpy(logits)).detach()
    found = torch.nn.functional.nll_loss(
        log_probability, torch.from_numpy(classes), reduction="sum"
    )
    wanted = 0.0
    for row, truth in zip(logits, classes, strict=True):
        for question, logit in enumerate(row):
            if truth >= question:
                yes = sigmoid(logit)
                wanted -= np.log(yes if truth > question else 1 - yes)
    assert found.item() == pytest.approx(wanted)


@pytest.mark.parametrize("output", ORDINAL)
def test_of_two_classes_it_is_logistic_regression(output):
    torch.manual_seed(0)
    head = make_head(output, 3, 2)
    embedding = torch.randn(5, 3)
    logits = {"corn": lambda: head.questions(embedding)}
    logits["cumulative_link"] = lambda: head.score(embedding) - head.first
    logit = logits[output]()
    probability = torch.softmax(head(embedding), dim=1)
    torch.testing.assert_close(probability[:, 1:], torch.sigmoid(logit))


@pytest.mark.parametrize("size", [40.0, 300.0])
@pytest.mark.parametrize("log_step", [-200.0, -16.0, 0.0, 4.0, 60.0])
def test_extremes_give_finite_losses_and_gradients(size, log_step):
    head = CumulativeLink(1, 4)
    with torch.no_grad():
        head.score.weight.fill_(1.0)
        head.log_steps.fill_(log_step)
    corn = Corn(1, 4)
    for one in (head, corn):
        embedding = torch.tensor([[-size], [0.0], [size]], requires_grad=True)
        log_probability = one(embedding)
        assert torch.isfinite(log_probability).all()
        if log_step > -20 or one is corn:  # else the steps are below the digits of a threshold
            sums = log_probability.exp().sum(dim=1)
            torch.testing.assert_close(sums, torch.ones(3), rtol=0, atol=1e-5)
        for truth in range(4):
            one.zero_grad()
            loss = torch.nn.functional.cross_entropy(one(embedding), torch.full((3,), truth))
            loss.backward()
            assert torch.isfinite(loss)
            assert all(torch.isfinite(value.grad).all() for value in one.parameters())
            assert torch.isfinite(embedding.grad).all()


def test_thresholds_stay_ordered_while_they_learn():
    # Classes that stand in the wrong order push the thresholds together, never past each other.
    head = CumulativeLink(1, 3)
    optimiser = torch.optim.SGD(head.parameters(), lr=5.0)
    embedding, classes = torch.zeros(3, 1), torch.tensor([0, 2, 2])
    for _ in range(200):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(head(embedding), classes).backward()
        optimiser.step()
    steps = head.thresholds.diff()
    assert (steps >= 0).all() and torch.isfinite(head.thresholds).all()
    assert head.log_steps.item() < -3  # no photo is of the class between


@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("output", ["nominal", *ORDINAL])
def test_the_exported_head_is_the_head(output, n_classes):
    onnxruntime = pytest.importorskip("onnxruntime")
    torch.manual_seed(1)
    head = make_head(output, 2, n_classes)
    embedding = torch.tensor([[0.0, 0.0], [1.0, -2.0], [900.0, 900.0], [-900.0, 100.0]])
    with torch.no_grad():
        wanted = head(embedding).numpy()
    session = onnxruntime.InferenceSession(onnx_bytes(head, embedding, ["logits"]))
    (found,) = session.run(None, {"photos": embedding.numpy()})
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
