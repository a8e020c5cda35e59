"""One fit, epoch by epoch: it changes with every batch. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.errors import SettingsError
from arborisk.metrics.scores import predicted_class
from arborisk.models.network import Network
from arborisk.records import Progress
from arborisk.training.augmentation import LOOK_BATCH, Pictures, batches, seeds_of
from arborisk.training.kept import (
    Checkpoint,
    KeptMaps,
    fingerprint_of,
    keep_maps,
    load_checkpoint,
    save_checkpoint,
    some_of,
)
from arborisk.training.optimisation import (
    Regime,
    Thawed,
    best_epoch,
    class_weight,
    computing,
    epoch_rows,
    has_stopped,
    make_optimiser,
    photo_losses,
    smoothed,
    step_size,
    times_before,
)
from arborisk.training.settings import ClassWeights, EpochRow, TrainingSettings


@dataclass(frozen=True, slots=True)
class Work:
    """What a fit is asked.

    Attributes:
        pictures: The photos.
        class_index: Agreed class, shape (n,).
        wanted: Probability that each class should get, shape (n, n_classes).
        learnt: Rows to learn from.
        inner: Rows of the training part that judge when to stop; may be empty.
        test: Rows held back, which nothing here chooses by; may be empty.
        settings: Choices in training.
        seed: Of the order of photos, their random changes and dropout.
        round_name: For the history.
        regime: Which stages learn.
        pretrained: Whether the body's weights are worth keeping.
    """

    pictures: Pictures
    class_index: NDArray[np.int64]
    wanted: NDArray[np.float32]
    learnt: NDArray[np.int64]
    inner: NDArray[np.int64]
    test: NDArray[np.int64]
    settings: TrainingSettings
    seed: int
    round_name: str
    regime: Regime
    pretrained: bool


class Fit:
    """The state of one fit: it changes with every batch.

    Args:
        network: Changed in place; on the device of the work's pictures.
        work: What is asked.
        marks: Whatever else decides the numbers.
    """

    def __init__(self, network: Network, work: Work, marks: tuple[str, ...]) -> None:
        self.network = network
        self.work = work
        settings = work.settings
        self.fingerprint = _fingerprint(network, work, marks)
        self.history: list[EpochRow] = []
        self.best: dict[str, Tensor] = {}
        self.thawed = Thawed(
            network, work.regime, n_stages=settings.last_stages, pretrained=work.pretrained
        )
        self.optimiser = make_optimiser(self.thawed.groups(settings.body_rate_share), settings)
        learnt_class = work.class_index[work.learnt]
        self.weight = class_weight(learnt_class, network.n_classes, settings.class_weights)
        self.n_batches = -(-len(work.learnt) // settings.batch_size)
        self.kept: KeptMaps | None = None
        if self.thawed.first_stage is not None:
            rows = [work.inner, work.test]
            if work.pictures.augmentation.changes_nothing:
                rows.append(work.learnt)
            if any(map(len, rows)):
                with self._computing():
                    self.kept = keep_maps(
                        network, self.thawed.first_stage, work.pictures, np.concatenate(rows)
                    )

    @property
    def is_over(self) -> bool:
        """Whether all epochs are run, or the inner loss has stopped falling."""
        settings = self.work.settings
        return len(self.history) >= settings.epochs or has_stopped(self.history, settings.patience)

    def start(self, checkpoint: Path | None) -> None:
        """Goes to where the checkpoint is, if there is one."""
        kept = load_checkpoint(checkpoint, self.fingerprint) if checkpoint else None
        if kept is not None:
            self.network.load_state_dict(kept.network)
            self.optimiser.load_state_dict(kept.optimiser)
            self.history = list(kept.history)
            self.best = kept.best

    def save(self, checkpoint: Path) -> None:
        """Writes the state after a whole epoch."""
        state = Checkpoint(
            self.network.state_dict(),
            self.optimiser.state_dict(),
            tuple(self.history),
            self.best,
        )
        save_checkpoint(checkpoint, state, self.fingerprint)

    def end(self) -> None:
        """Goes back to the best epoch, where an inner part judged."""
        if self.best:
            self.network.load_state_dict(self.best)
        self.thawed.release()

    def run_epoch(self, progress: Progress | None) -> None:
        """One pass over the training part, and a look at the inner part and the one held back."""
        started = monotonic()
        work, epoch = self.work, len(self.history) + 1
        generator = np.random.default_rng([work.seed, epoch])
        torch.manual_seed(int(generator.integers(2**63)))  # for dropout
        n_steps = self.n_batches * work.settings.epochs
        total = 0.0
        self.thawed.train()
        learnt_class = work.class_index[work.learnt]
        order = epoch_rows(work.learnt, learnt_class, work.settings.sampling, generator)
        seeds = seeds_of(work.seed, epoch, order, times_before(order))
        for number, places in enumerate(batches(np.arange(len(order)), work.settings.batch_size)):
            step = (epoch - 1) * self.n_batches + number
            for group in self.optimiser.param_groups:
                group["lr"] = step_size(step, n_steps, work.settings) * group["share"]
            loss = self._loss(order[places], seeds[places])
            self.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            total += float(loss.detach()) * len(places)
            if progress is not None:
                progress(step + 1, n_steps)
        self._check_bounds(total)
        loss_held, accuracy_held, _ = self._look(work.test)
        inner_loss = self._look(work.inner)[2]
        row = EpochRow(
            round=work.round_name,
            epoch=epoch,
            train_loss=total / len(order),
            validation_loss=loss_held,
            validation_accuracy=accuracy_held,
            seconds=monotonic() - started,
            inner_loss=inner_loss,
        )
        self.history.append(row)
        if best_epoch(self.history) == epoch:
            self.best = {
                name: value.detach().clone() for name, value in self.network.state_dict().items()
            }

    def _loss(self, rows: NDArray[np.int64], seeds: NDArray[np.int64]) -> Tensor:
        """Mean loss of a batch, class weights and auxiliary classifiers counted in."""
        work = self.work
        weight = self._tensor(self.weight[work.class_index[rows]])
        wanted = smoothed(self._tensor(work.wanted[rows]), work.settings.label_smoothing)
        with self._pictures(rows, seeds) as pictures, self._computing():
            answers = self.network.training_logits(pictures)
        losses = [
            share * (photo_losses(logits, wanted, work.settings) * weight).mean()
            for logits, share in answers
        ]
        return torch.stack(losses).sum()

    def _look(self, rows: NDArray[np.int64]) -> tuple[float | None, float | None, float | None]:
        """Mean loss a photo, share right, and mean loss with classes counted as in training."""
        if len(rows) == 0:
            return None, None, None
        work = self.work
        losses, n_right = [], 0
        self.network.eval()
        with torch.inference_mode(), self._computing():
            for some in batches(rows, LOOK_BATCH):
                with self._pictures(some) as pictures:
                    logits = self.network(pictures)
                wanted = self._tensor(work.wanted[some])
                losses.append(photo_losses(logits, wanted, work.settings).cpu().numpy())
                # As `predict_probability`: what is a tie there must be one here.
                probability = logits.to(torch.float64).softmax(dim=1).cpu().numpy()
                n_right += int((predicted_class(probability) == work.class_index[some]).sum())
        loss = np.concatenate(losses).astype(np.float64)
        alike: ClassWeights = "balanced" if work.settings.counts_classes_alike else "none"
        classes = work.class_index[work.learnt]
        weight = class_weight(classes, self.network.n_classes, alike)[work.class_index[rows]]
        return float(loss.mean()), n_right / len(rows), _mean(loss, weight)

    @contextmanager
    def _pictures(
        self, rows: NDArray[np.int64], seeds: NDArray[np.int64] | None = None
    ) -> Iterator[Tensor]:
        """What to give the network for these rows; with seeds, after their random changes."""
        pictures = self.work.pictures
        changes = seeds is not None and not pictures.augmentation.changes_nothing
        if self.kept is not None and not changes:
            with self.kept.instead(rows) as blank:
                yield blank
            return
        numbers = pictures.changed(rows, seeds) if seeds is not None else pictures.numbers(rows)
        # Channels last in memory: a step took a seventh to a quarter less on a processor for
        # EfficientNet-Lite0, GoogLeNet and ResNet-50, and as long as before for Model 1.
        yield numbers.contiguous(memory_format=torch.channels_last)

    @contextmanager
    def _computing(self) -> Iterator[None]:
        with computing(self.work.pictures.device, self.work.settings.precision):
            yield

    def _tensor(self, values: NDArray[np.floating]) -> Tensor:
        """float32 where the network is."""
        return torch.from_numpy(values.astype(np.float32)).to(self.work.pictures.device)

    def _check_bounds(self, total: float) -> None:
        """Refuses to go on with numbers that mean nothing."""
        if not np.isfinite(total):
            raise SettingsError(
                expected="a finite loss",
                found=str(total),
                where=f"epoch {len(self.history) + 1} of round {self.work.round_name!r}",
                remedy=f"Lower the learning rate (now {self.work.settings.first_rate:g}).",
            )


def _mean(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float | None:
    """Weighted mean, or None where nothing has weight."""
    return float(values @ weight / weight.sum()) if weight.sum() else None


def _fingerprint(network: Network, work: Work, marks: tuple[str, ...]) -> str:
    """Hash of all that decides a fit's numbers."""
    pictures = work.pictures
    return fingerprint_of(
        [
            work.settings.model_dump_json(),
            pictures.preprocess.model_dump_json(),
            pictures.augmentation.model_dump_json(),
            f"seed {work.seed}, pictures {pictures.arrays.shape}",
            f"{work.regime}, pretrained {work.pretrained}, {pictures.device.type}",
            str(network),
            *marks,
        ],
        [
            some_of(pictures.arrays),
            work.class_index,
            work.wanted,
            *(work.learnt, work.inner, work.test),
        ],
    )
