"""What a fit chooses by, what it learns from, and what it leaves alone."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("kornia")

from arborisk.errors import SettingsError  # noqa: E402
from arborisk.models.network import Network  # noqa: E402
from arborisk.preprocess.settings import PreprocessSettings  # noqa: E402
from arborisk.training.augmentation import predict_probability  # noqa: E402
from arborisk.training.network import fit_network  # noqa: E402
from arborisk.training.optimisation import (  # noqa: E402
    best_epoch,
    epoch_rows,
    has_stopped,
)
from arborisk.training.settings import (  # noqa: E402
    PRESETS,
    EpochRow,
    TrainingSettings,
)

N_PHOTOS = 48
CLASS = np.arange(N_PHOTOS) % 3 // 2  # two of class 0 for one of class 1
GROUPS = [f"tree-{row // 2}" for row in range(N_PHOTOS)]
_NOISE = np.random.default_rng(0).integers(0, 170, (N_PHOTOS, 16, 16, 3))
ARRAYS = (_NOISE + 60 * CLASS[:, None, None, None]).astype(np.uint8)
COLOUR = PreprocessSettings(size_px=16, channels=3)
TRAIN, TEST = np.arange(36), np.arange(36, N_PHOTOS)
STOPPING = TrainingSettings(batch_size=8, epochs=12, learning_rate=0.05, patience=2)


class Staged(Network):
    """Three stages with batch normalisation, and an auxiliary classifier after the first."""

    def __init__(self):
        super().__init__(n_classes=2, channels=3, size=16)
        sizes = ((3, 4), (4, 4), (4, 4))
        self.parts = torch.nn.ModuleList(
            torch.nn.Sequential(
                torch.nn.Conv2d(before, after, 3, stride=2, padding=1),
                torch.nn.BatchNorm2d(after),
                torch.nn.ReLU(),
            )
            for before, after in sizes
        )
        self.auxiliary = torch.nn.Linear(4, 2)
        self.dropout = torch.nn.Dropout(0.2)
        self.head = torch.nn.Linear(4, 2)

    def stages(self):
        return [torch.nn.ModuleList([self.parts[0], self.auxiliary]), *self.parts[1:]]

    def features(self, pictures):
        return self.parts[2](self.parts[1](self.parts[0](pictures)))

    def pool(self, feature_map):
        return self.dropout(feature_map.mean((2, 3)))

    def training_logits(self, pictures):
        logits = super().training_logits(pictures)
        if self.auxiliary.training:
            maps = self.parts[0](pictures)
            logits.append((self.auxiliary(maps.mean((2, 3))), 0.3))
        return logits


def staged(seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Staged()


def fit(network=None, *, class_index=CLASS, **options):
    asked = {
        "train": TRAIN,
        "test": TEST,
        "preprocess": COLOUR,
        "settings": TrainingSettings(batch_size=8, epochs=2),
        "seed": 1,
        "groups": GROUPS,
        **options,
    }
    return fit_network(network or staged(), ARRAYS, class_index, **asked)


def weights(fitted):
    return {name: value.numpy().tobytes() for name, value in fitted.network.state_dict().items()}


def numbers(fitted):
    rows = [(row.train_loss, row.validation_loss, row.inner_loss) for row in fitted.history]
    return rows, weights(fitted), fitted.probability.tobytes()


def rows_of(losses):
    return [EpochRow("", epoch, 0.0, None, None, 0.0, loss) for epoch, loss in enumerate(losses, 1)]


@pytest.mark.parametrize(
    ("losses", "best", "stopped"),
    [
        ([0.9, 0.8, 0.7], 3, False),
        ([0.9, 0.7, 0.8], 2, False),
        ([0.9, 0.7, 0.8, 0.75], 2, True),
        ([0.9, 0.7, 0.7, 0.7], 2, True),  # no lower is no better
    ],
)
def test_patience_counts_epochs_without_a_lower_loss(losses, best, stopped):
    assert best_epoch(rows_of(losses)) == best
    assert has_stopped(rows_of(losses), patience=2) == stopped
    assert not has_stopped(rows_of(losses), patience=0)


def test_early_stopping_goes_back_to_the_best_epoch():
    by_chance = np.random.default_rng(0).permutation(CLASS)  # soon there is nothing left to learn
    fitted = fit(settings=STOPPING, class_index=by_chance)
    best = best_epoch(fitted.history)
    assert best < len(fitted.history) < STOPPING.epochs
    assert len(fitted.history) == best + STOPPING.patience
    states = {}
    watched = staged()

    def keep(row, _):
        states[row.epoch] = {name: value.clone() for name, value in watched.state_dict().items()}

    again = fit(watched, settings=STOPPING, class_index=by_chance, on_epoch=keep)
    for name, value in again.network.state_dict().items():
        assert torch.equal(value, states[best][name])
    assert not torch.equal(again.network.head.weight, states[len(states)]["head.weight"])


def test_the_inner_part_is_no_part_of_what_is_learnt():
    learnt = []
    inside = TrainingSettings(batch_size=1, epochs=1, patience=1, inner_share=0.25)
    fit(settings=inside, progress=lambda done, total: learnt.append(total))
    assert len(learnt) == learnt[0] == pytest.approx(0.75 * len(TRAIN), abs=3)
    assert len(learnt) % 2 == 0  # trees of two photos stay whole


@pytest.mark.parametrize(
    "settings",
    [
        STOPPING,
        TrainingSettings(batch_size=8, epochs=2, sampling="balanced", label_smoothing=0.1),
        TrainingSettings(batch_size=8, epochs=2, class_weights="balanced", loss="squared_error"),
    ],
)
def test_the_test_part_chooses_nothing_and_is_never_changed(settings):
    other = CLASS.copy()
    other[TEST] = 1 - other[TEST]
    options = {"settings": settings, "augmentation": PRESETS["strong"]}
    fitted, blind = fit(**options), fit(class_index=other, **options)
    assert weights(fitted) == weights(blind)
    assert np.array_equal(fitted.probability, blind.probability)
    assert fitted.history[0].validation_loss != blind.history[0].validation_loss
    as_prepared = predict_probability(fitted.network, ARRAYS, TEST, COLOUR)
    assert np.allclose(fitted.probability, as_prepared, atol=1e-6)


def test_an_inner_part_without_a_class_is_refused():
    one_tree = [
        "the only tree" if label else name for label, name in zip(CLASS, GROUPS, strict=True)
    ]
    with pytest.raises(SettingsError, match=r"patience > 0.*fold-3.*training\.patience to 0"):
        fit(settings=STOPPING, groups=one_tree, round_name="fold-3")
    with pytest.raises(SettingsError, match="the group of each photo"):
        fit(settings=STOPPING, groups=None)


@pytest.mark.parametrize("regime", ["all", "last_stages"])
def test_resumed_is_uninterrupted_with_every_choice(tmp_path, regime):
    settings = TrainingSettings(
        batch_size=8,
        epochs=5,
        learning_rate=0.02,
        optimiser="adamw",
        schedule="cosine",
        sampling="balanced",
        label_smoothing=0.1,
        patience=2,
        last_stages=1,
    )
    shares = 0.8 * np.eye(2)[CLASS] + 0.1
    options = {
        "settings": settings,
        "augmentation": PRESETS["standard"] if regime == "all" else PRESETS["none"],
        "class_share": shares,
        "regime": regime,
        "pretrained": True,
        "views": "mirror_zoom",
    }
    whole = fit(**options)
    checkpoint = tmp_path / "fold-1.pt"

    def stop(row, _):
        if row.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(checkpoint=checkpoint, on_epoch=stop, **options)
    assert numbers(fit(checkpoint=checkpoint, resume=True, **options)) == numbers(whole)
    for change in (
        {"augmentation": PRESETS["light"]},
        {"class_share": shares[::-1].copy()},
        {"pretrained": False},
        {"groups": [f"site-{row // 6}" for row in range(N_PHOTOS)]},
    ):
        with pytest.raises(SettingsError, match="changed since"):
            fit(checkpoint=checkpoint, resume=True, **{**options, **change})


def test_the_last_stages_learn_and_the_rest_is_left_alone():
    before = {name: value.clone() for name, value in staged().state_dict().items()}
    settings = TrainingSettings(batch_size=8, epochs=2, last_stages=1)
    network = fit(settings=settings, regime="last_stages", pretrained=True).network
    changed = {
        name for name, value in network.state_dict().items() if not torch.equal(value, before[name])
    }
    # Statistics of batch normalisation stay also where weights learn.
    learnt = {"0.weight", "0.bias", "1.weight", "1.bias"}
    assert changed == {f"parts.2.{name}" for name in learnt} | {"head.weight", "head.bias"}
    assert all(weight.requires_grad for weight in network.parameters())


def test_kept_maps_change_no_number(monkeypatch):
    from arborisk.training import kept as kept_module

    settings = TrainingSettings(batch_size=8, epochs=2, last_stages=2)
    options = {"settings": settings, "regime": "last_stages", "pretrained": True}
    kept = fit(**options)
    monkeypatch.setattr(kept_module, "MOST_BYTES", 0)
    computed = fit(**options)
    assert np.allclose(kept.probability, computed.probability, atol=1e-5)
    losses = [[row.train_loss for row in one.history] for one in (kept, computed)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_a_network_whose_ways_part_keeps_no_maps():
    from arborisk.training.augmentation import Pictures
    from arborisk.training.kept import keep_maps

    class Forked(Staged):
        def features(self, pictures):
            return super().features(pictures) + self.parts[0](pictures).mean((2, 3), keepdim=True)

    pictures = Pictures(ARRAYS, COLOUR)
    for network, fits in ((staged(), True), (Forked(), False)):
        kept = keep_maps(network, network.stages()[1], pictures, TRAIN)
        assert (kept is not None) == fits


def test_a_pretrained_body_learns_at_its_share_of_the_rate():
    moved = {}
    for share in (0.1, 1.0):
        settings = TrainingSettings(
            batch_size=36, epochs=1, optimiser="sgd", learning_rate=0.1, body_rate_share=share
        )
        network = staged()
        before = {name: value.clone() for name, value in network.state_dict().items()}
        fit(network, settings=settings, pretrained=True)
        moved[share] = {
            name: network.state_dict()[name] - value
            for name, value in before.items()
            if name in ("head.bias", "parts.1.0.weight")
        }
    assert torch.allclose(moved[0.1]["head.bias"], moved[1.0]["head.bias"], atol=1e-6)
    body = [moved[share]["parts.1.0.weight"] for share in (0.1, 1.0)]
    assert torch.allclose(10 * body[0], body[1], atol=1e-5)


def test_auxiliary_classifiers_count_by_their_weight():
    fitted = fit(settings=TrainingSettings(batch_size=36, epochs=1, learning_rate=1e-12))
    network = staged().train()
    torch.manual_seed(int(np.random.default_rng([1, 1]).integers(2**63)))  # the fit's dropout
    order = np.random.default_rng([1, 1])
    order.integers(2**63)
    rows = order.permutation(TRAIN)
    pictures = torch.from_numpy(ARRAYS[rows]).permute(0, 3, 1, 2) / 255
    (main, one), (auxiliary, share) = network.training_logits(pictures)
    wanted = torch.from_numpy(CLASS[rows])
    loss = torch.nn.functional.cross_entropy
    assert (one, share) == (1.0, 0.3)
    by_hand = loss(main, wanted) + 0.3 * loss(auxiliary, wanted)
    assert fitted.history[0].train_loss == pytest.approx(float(by_hand.detach()), rel=1e-4)


def test_a_fit_starts_from_the_classifier_given():
    start = {"weight": np.full((2, 4), 0.25, np.float32), "bias": np.array([0.5, -0.5], np.float32)}
    settings = TrainingSettings(epochs=1, optimiser="sgd", learning_rate=1e-12)
    head = fit(settings=settings, start=start, pretrained=True).network.head
    assert np.allclose(head.weight.detach().numpy(), start["weight"])
    assert np.allclose(head.bias.detach().numpy(), start["bias"])


def test_balanced_sampling_shows_every_class_alike():
    rows = np.arange(100, 131)
    classes = np.array([0] * 20 + [1] * 8 + [3] * 3)  # class 2 has no photo
    shown = epoch_rows(rows, classes, "balanced", np.random.default_rng(0))
    again = epoch_rows(rows, classes, "balanced", np.random.default_rng(0))
    assert np.array_equal(shown, again)
    counts = np.bincount(shown - 100, minlength=31)
    by_class = np.bincount(classes, weights=counts, minlength=4)
    assert counts.sum() == 31
    assert sorted(by_class) == [0, 10, 10, 11]
    for label in (0, 1, 3):
        assert np.ptp(counts[classes == label]) <= 1  # no photo twice more than another
    assert np.bincount(counts[classes == 0]).tolist()[1] in (10, 11)


def test_shares_of_raters_are_learnt():
    blank = np.zeros_like(ARRAYS)  # nothing to see: only the wanted shares can be learnt
    settings = TrainingSettings(batch_size=48, epochs=60, learning_rate=0.1)
    fitted = fit_network(
        staged(),
        blank,
        CLASS,
        train=TRAIN,
        test=TEST[:1],
        preprocess=COLOUR,
        settings=settings,
        seed=0,
        class_share=np.tile([0.3, 0.7], (N_PHOTOS, 1)),
    )
    assert fitted.probability[0] == pytest.approx([0.3, 0.7], abs=0.01)


def test_a_gpu_that_is_not_there_is_refused():
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(SettingsError, match=r"CUDA GPU.*'auto'"):
        fit(settings=TrainingSettings(device="cuda"))


def test_bfloat16_gives_nearly_the_same():
    settings = {"batch_size": 8, "epochs": 1, "optimiser": "sgd"}
    whole = fit(settings=TrainingSettings(**settings))
    half = fit(settings=TrainingSettings(**settings, precision="bfloat16"))
    assert half.probability.dtype == np.float64
    assert not np.array_equal(whole.probability, half.probability)
    assert np.allclose(whole.probability, half.probability, atol=0.02)
