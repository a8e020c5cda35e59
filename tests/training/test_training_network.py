"""A fit learns, repeats, resumes to the same numbers, and leaves nothing behind."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from arborisk.errors import SettingsError  # noqa: E402
from arborisk.models.settings import Model1Settings  # noqa: E402
from arborisk.models.table import build  # noqa: E402
from arborisk.preprocess.settings import PreprocessSettings  # noqa: E402
from arborisk.training.network import fit_network  # noqa: E402
from arborisk.training.settings import TrainingSettings  # noqa: E402

SMALL = Model1Settings(feature_maps=(4, 4), dense=(8,), dropout=0.25)
GREY = PreprocessSettings(size_px=16, channels=1)
N_PHOTOS = 70
TRAIN, TEST = np.arange(50), np.arange(50, N_PHOTOS)
CLASS = np.arange(N_PHOTOS) % 2
# Bright photos are class 1.
_NOISE = np.random.default_rng(0).integers(0, 120, (N_PHOTOS, 16, 16, 1))
ARRAYS = (_NOISE + 120 * CLASS[:, None, None, None]).astype(np.uint8)


def fit(*, settings=None, seed=3, **options):
    network = build("model1", n_classes=2, channels=1, size=16, settings=SMALL, seed=seed)
    asked = {"train": TRAIN, "test": TEST, "preprocess": GREY, "round_name": "fold-1", **options}
    settings = settings or TrainingSettings(batch_size=8, epochs=3)
    return fit_network(network, ARRAYS, CLASS, settings=settings, seed=seed, **asked)


def numbers(fitted):
    """All of a fit that must repeat: everything but seconds."""
    rows = [(row.epoch, row.train_loss, row.validation_loss) for row in fitted.history]
    weights = [value.numpy().tobytes() for value in fitted.network.state_dict().values()]
    return rows, weights, fitted.probability.tobytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.01},
        {"learning_rate": 0.01, "loss": "squared_error"},
        {"learning_rate": 0.01, "optimiser": "adamw", "schedule": "cosine"},
        {"optimiser": "momentum", "schedule": "step", "class_weights": "balanced"},
        {"optimiser": "sgd", "learning_rate": 0.1},
    ],
)
def test_bright_and_dark_are_learnt_with_every_choice(changes):
    fitted = fit(settings=TrainingSettings(batch_size=8, epochs=12, **changes))
    losses = [row.train_loss for row in fitted.history]
    assert losses[-1] < losses[0] / 2
    assert fitted.history[-1].validation_accuracy == 1.0
    assert np.array_equal(fitted.probability.argmax(axis=1), CLASS[TEST])
    assert np.allclose(fitted.probability.sum(axis=1), 1)


def test_history_is_of_the_part_held_back():
    fitted = fit()
    true_class = fitted.probability[np.arange(len(TEST)), CLASS[TEST]]
    last = fitted.history[-1]
    assert [row.epoch for row in fitted.history] == [1, 2, 3]
    assert {row.round for row in fitted.history} == {"fold-1"}
    assert last.validation_loss == pytest.approx(-np.log(true_class).mean(), rel=1e-5)
    assert last.validation_accuracy == (true_class > 0.5).mean()
    assert not fitted.network.training


def test_same_seed_same_numbers_and_torch_is_left_as_it_was():
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    first, again, other = fit(), fit(), fit(seed=4)
    assert numbers(first) == numbers(again)
    assert numbers(first)[0] != numbers(other)[0]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("stop_after", [1, 2])
@pytest.mark.parametrize("when", ["epoch", "batch"])
def test_a_stopped_fit_ends_with_the_same_numbers(tmp_path, stop_after, when):
    settings = TrainingSettings(batch_size=8, epochs=4, optimiser="momentum", schedule="cosine")
    checkpoint = tmp_path / "new" / "fold-1.pt"

    def stop_at_epoch(row, seconds_left):
        assert seconds_left >= 0
        if row.epoch == stop_after:
            raise KeyboardInterrupt

    def stop_at_batch(done, total):
        assert total == 4 * 7
        if done == stop_after * 7 + 3:
            raise KeyboardInterrupt

    stop = {"on_epoch": stop_at_epoch} if when == "epoch" else {"progress": stop_at_batch}
    with pytest.raises(KeyboardInterrupt):
        fit(settings=settings, checkpoint=checkpoint, **stop)
    epochs_run = []
    resumed = fit(
        settings=settings,
        checkpoint=checkpoint,
        resume=True,
        on_epoch=lambda row, _: epochs_run.append(row.epoch),
    )
    assert epochs_run == list(range(stop_after + 1, 5))
    assert numbers(resumed) == numbers(fit(settings=settings))
    finished = fit(settings=settings, checkpoint=checkpoint, resume=True)
    assert numbers(finished) == numbers(resumed)
    assert [path.name for path in checkpoint.parent.iterdir()] == ["fold-1.pt"]


def test_without_resume_a_checkpoint_is_overwritten(tmp_path):
    checkpoint = tmp_path / "fold-1.pt"
    fit(checkpoint=checkpoint)
    assert numbers(fit(seed=4, checkpoint=checkpoint)) == numbers(fit(seed=4))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 4},
        {"settings": TrainingSettings(batch_size=8, epochs=4)},
        {"train": TRAIN[1:]},
        {"preprocess": GREY.model_copy(update={"scaling": "efficientnet"})},
    ],
)
def test_a_checkpoint_of_another_fit_is_refused(tmp_path, change):
    checkpoint = tmp_path / "fold-1.pt"
    fit(checkpoint=checkpoint)
    with pytest.raises(SettingsError, match=r"changed since.*Delete it"):
        fit(checkpoint=checkpoint, resume=True, **change)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    checkpoint = tmp_path / "fold-1.pt"
    fit(checkpoint=checkpoint)
    checkpoint.write_bytes(checkpoint.read_bytes()[:500])
    with pytest.raises(SettingsError, match="damaged file"):
        fit(checkpoint=checkpoint, resume=True)


@pytest.mark.parametrize("content", [{"weight": torch.zeros(2)}, torch.zeros(2)])
def test_a_file_of_something_else_is_refused_as_a_checkpoint(tmp_path, content):
    checkpoint = tmp_path / "fold-1.pt"
    torch.save(content, checkpoint)
    with pytest.raises(SettingsError, match=r"something else.*Delete it"):
        fit(checkpoint=checkpoint, resume=True)


def test_a_tie_counts_as_the_likelier_class_while_training():
    network = build("model1", n_classes=2, channels=1, size=16, settings=SMALL, seed=3)
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
    fitted = fit_network(
        network,
        ARRAYS,
        CLASS,
        train=TRAIN,
        test=TEST[:-1],  # 10 of class 0 and 9 of class 1
        preprocess=GREY,
        settings=TrainingSettings(epochs=1, optimiser="sgd", learning_rate=1e-30),
        seed=3,
    )
    assert np.all(fitted.probability == 0.5)
    assert fitted.history[-1].validation_accuracy == pytest.approx(9 / 19)


def test_a_fit_on_everything_has_nothing_held_back():
    fitted = fit(train=np.arange(N_PHOTOS), test=np.empty(0, np.int64))
    assert fitted.probability.shape == (0, 2)
    assert fitted.history[-1].validation_loss is None
    assert fitted.history[-1].validation_accuracy is None


def test_progress_counts_batches_to_the_end():
    steps = []
    fit(progress=lambda done, total: steps.append((done, total)))
    assert steps == [(number, 21) for number in range(1, 22)]


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(SettingsError, match="at least one photo to learn from"):
        fit(train=np.empty(0, np.int64))


def test_pictures_of_another_size_are_refused():
    network = build("model1", n_classes=2, channels=1, size=20, settings=SMALL)
    with pytest.raises(SettingsError, match="20 px a side and 1 channels"):
        fit_network(
            network,
            ARRAYS,
            CLASS,
            train=TRAIN,
            test=TEST,
            preprocess=GREY,
            settings=TrainingSettings(),
            seed=0,
        )


def test_a_loss_out_of_bounds_is_refused():
    settings = TrainingSettings(optimiser="sgd", learning_rate=1e30, batch_size=8)
    with pytest.raises(SettingsError, match="Lower the learning rate"):
        fit(settings=settings)


def test_balanced_weights_find_the_rare_class():
    rare = np.concatenate([np.flatnonzero(CLASS == 0), np.flatnonzero(CLASS == 1)[:4]])
    shares = {}
    for weights in ("none", "balanced"):
        settings = TrainingSettings(
            class_weights=weights, batch_size=64, epochs=150, learning_rate=0.05
        )
        network = build(
            "model1",
            n_classes=2,
            channels=1,
            size=16,
            settings=Model1Settings(feature_maps=(1,), dense=()),
        )
        fitted = fit_network(
            network,
            np.zeros_like(ARRAYS),  # nothing to see: only the class shares can be learnt
            CLASS,
            train=rare,
            test=TEST[:1],
            preprocess=GREY,
            settings=settings,
            seed=0,
        )
        shares[weights] = fitted.probability[0, 1]
    assert shares["none"] == pytest.approx(4 / 39, abs=0.01)
    assert shares["balanced"] == pytest.approx(0.5, abs=0.01)
