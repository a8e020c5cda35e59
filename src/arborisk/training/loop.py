"""One fit, epoch by epoch: it changes with every batch. Needs torch."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.metrics import predicted_class
from arborisk.models.network import Network
from arborisk.records import Progress
from arborisk.training.checkpoint import (
    Checkpoint,
    fingerprint_of,
    load_checkpoint,
    save_checkpoint,
    some_of,
)
from arborisk.training.optimisation import class_weight, make_optimiser, photo_losses, step_size
from arborisk.training.pictures import LOOK_BATCH, Pictures, batches
from arborisk.training.records import EpochRow
from arborisk.training.settings import TrainingSettings


class Fit:
    """The state of one fit: it changes with every batch."""

    def __init__(
        self,
        network: Network,
        pictures: Pictures,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        settings: TrainingSettings,
        seed: int,
        round_name: str,
    ) -> None:
        self.network = network
        self.pictures = pictures
        self.train = np.asarray(train, np.int64)
        self.test = np.asarray(test, np.int64)
        self.settings = settings
        self.seed = seed
        self.round_name = round_name
        self.history: list[EpochRow] = []
        self.optimiser = make_optimiser(network.parameters(), settings)
        weight = class_weight(pictures.class_index[self.train], network.n_classes, settings)
        self.weight = torch.from_numpy(weight.astype(np.float32))
        self.n_batches = -(-len(train) // settings.batch_size)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that decides this fit's numbers."""
        pictures = self.pictures
        return fingerprint_of(
            [
                self.settings.model_dump_json(),
                pictures.preprocess.model_dump_json(),
                f"seed {self.seed}, pictures {pictures.arrays.shape}",
                str(self.network),
            ],
            [some_of(pictures.arrays), pictures.class_index, self.train, self.test],
        )

    def start(self, checkpoint: Path | None) -> None:
        """Goes to where the checkpoint is, if there is one."""
        kept = load_checkpoint(checkpoint, self.fingerprint) if checkpoint else None
        if kept is not None:
            self.network.load_state_dict(kept.network)
            self.optimiser.load_state_dict(kept.optimiser)
            self.history = list(kept.history)

    def save(self, checkpoint: Path) -> None:
        """Writes the state after a whole epoch."""
        state = Checkpoint(
            self.network.state_dict(), self.optimiser.state_dict(), tuple(self.history)
        )
        save_checkpoint(checkpoint, state, self.fingerprint)

    def run_epoch(self, epoch: int, progress: Progress | None) -> None:
        """One pass over the training part and a look at the part held back."""
        started = monotonic()
        generator = np.random.default_rng([self.seed, epoch])
        torch.manual_seed(int(generator.integers(2**63)))  # for dropout
        n_steps = self.n_batches * self.settings.epochs
        total = 0.0
        self.network.train()
        order = generator.permutation(self.train)
        for number, rows in enumerate(batches(order, self.settings.batch_size)):
            step = (epoch - 1) * self.n_batches + number
            for group in self.optimiser.param_groups:
                group["lr"] = step_size(step, n_steps, self.settings)
            classes = self.pictures.classes(rows)
            losses = photo_losses(self.network(self.pictures.numbers(rows)), classes, self.settings)
            loss = (losses * self.weight[classes]).mean()
            self.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            total += float(loss.detach()) * len(rows)
            if progress is not None:
                progress(step + 1, n_steps)
        self._check_bounds(total)
        loss_held, accuracy_held = self._look()
        self.history.append(
            EpochRow(
                round=self.round_name,
                epoch=epoch,
                train_loss=total / len(self.train),
                validation_loss=loss_held,
                validation_accuracy=accuracy_held,
                seconds=monotonic() - started,
            )
        )

    def _look(self) -> tuple[float | None, float | None]:
        """Loss and share right on the part held back."""
        if len(self.test) == 0:
            return None, None
        losses, n_right = 0.0, 0
        self.network.eval()
        with torch.inference_mode():
            for rows in batches(self.test, LOOK_BATCH):
                logits = self.network(self.pictures.numbers(rows))
                classes = self.pictures.classes(rows)
                losses += float(photo_losses(logits, classes, self.settings).sum())
                # As `predict_probability`: what is a tie there must be one here.
                probability = logits.to(torch.float64).softmax(dim=1).numpy()
                n_right += int((predicted_class(probability) == classes.numpy()).sum())
        return losses / len(self.test), n_right / len(self.test)

    def _check_bounds(self, total: float) -> None:
        """Refuses to go on with numbers that mean nothing."""
        if not np.isfinite(total):
            raise SettingsError(
                expected="a finite loss",
                found=str(total),
                where=f"epoch {len(self.history) + 1} of round {self.round_name!r}",
                remedy=f"Lower the learning rate (now {self.settings.first_rate:g}).",
            )
