"""Building blocks of a convolutional network, each with its forward and backward pass.

A block takes what the block before gives and, on the way back, dC/d(what it gave) for each sample.
It keeps the factors of its chain-rule products under the deck's names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from arborisk.backprop.activations import Floats, sigma_named
from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Back:
    """What the backward pass through one block gives.

    Attributes:
        to_input: dC/d(input) of each sample, shape of the input: equation 13.
        dC_dw: Mean over samples, shape of the weight; None for a block without.
        dC_db: Mean over samples, shape of the bias; None for a block without.
        factors: The other factors by the deck's names.
    """

    to_input: Floats
    dC_dw: Floats | None = None
    dC_db: Floats | None = None
    factors: Mapping[str, Floats] = field(default_factory=dict)


class Block(Protocol):
    """One step of the way from a picture to the numbers that softmax takes."""

    def forward(self, given: Floats) -> Floats:
        """What the block makes of a batch; the first axis is the samples."""
        ...

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """From dC/d(made) to dC/d(given) and the block's own gradients.

        Args:
            given: What the forward pass got.
            made: What the forward pass gave.
            dC_dmade: For each sample, shape of ``made``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Dense:
    """z = w a + b (equation 18).

    Attributes:
        weight: Shape (n_out, n_in).
        bias: Shape (n_out,).
    """

    weight: Floats
    bias: Floats

    def forward(self, given: Floats) -> Floats:
        """Shape (n, n_in) to (n, n_out)."""
        if given.ndim != 2 or given.shape[1] != self.weight.shape[1]:
            raise SettingsError(
                f"{self.weight.shape[1]} numbers a sample",
                f"shape {given.shape}",
                "the input of a dense layer",
                "Make the layers chain; flatten pictures first.",
            )
        return np.asarray(given @ self.weight.T + self.bias)

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """Equations 27, 28 and 13, where ``dC_dmade`` is dC/dz."""
        return Back(
            to_input=dC_dmade @ self.weight,
            dC_dw=dC_dmade.T @ given / len(given),
            dC_db=dC_dmade.mean(axis=0),
            factors={"dC_dz": dC_dmade, "dz_dw": given, "dz_da": self.weight},
        )


@dataclass(frozen=True, slots=True)
class Activation:
    """a = sigma(z), number by number (equation 19).

    Attributes:
        sigma: Name of the activation.
    """

    sigma: str

    def forward(self, given: Floats) -> Floats:
        """Same shape."""
        return sigma_named(self.sigma).value(given)

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """dC/dz = dC/da da/dz."""
        da_dz = sigma_named(self.sigma).slope(given, made)
        return Back(dC_dmade * da_dz, factors={"dC_da": dC_dmade, "da_dz": da_dz})


@dataclass(frozen=True, slots=True)
class Flatten:
    """Maps to one row of numbers a sample; moves numbers and changes none."""

    def forward(self, given: Floats) -> Floats:
        """Shape (n, maps, height, width) to (n, maps * height * width)."""
        return given.reshape(len(given), -1)

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """Back into the shape that was flattened."""
        return Back(dC_dmade.reshape(given.shape))


@dataclass(frozen=True, slots=True)
class Dropout:
    """Silences neurons at random in training; what is left is made larger by as much.

    Attributes:
        mask: 0 where silenced, else 1 / (1 - share), shape of one batch. See `draw_mask`.

    Source: Srivastava et al. (2014), Journal of Machine Learning Research 15, 1929-1958; scaled in
    training, as Keras and torch do, so that nothing is to be done afterwards.
    """

    mask: Floats

    def forward(self, given: Floats) -> Floats:
        """Same shape."""
        if given.shape != self.mask.shape:
            raise SettingsError(
                f"a mask of shape {given.shape}",
                f"{self.mask.shape}",
                "dropout",
                "Draw a mask for every batch with draw_mask.",
            )
        return given * self.mask

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """What was silenced learns nothing in this step."""
        return Back(dC_dmade * self.mask, factors={"da_dz": self.mask})


def draw_mask(shape: tuple[int, ...], share: float, generator: np.random.Generator) -> Floats:
    """A mask for `Dropout`.

    Args:
        shape: Of what will be silenced, (n_samples, n_neurons).
        share: Silenced, 0 to below 1.
        generator: Source of randomness.

    Raises:
        SettingsError: A share that leaves nothing.
    """
    if not 0 <= share < 1:
        raise SettingsError(
            "a share from 0 to below 1", f"{share}", "dropout", "Give a share such as 0.5."
        )
    return (generator.random(shape) >= share) / (1 - share)
