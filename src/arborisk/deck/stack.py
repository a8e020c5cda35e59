"""A convolutional classifier as a row of blocks, and one true step of its training by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from arborisk.deck.activations import Floats, cost_named, sigma_named, softmax
from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class StackPass:
    """One forward and backward pass under softmax cross-entropy.

    Attributes:
        made: What went into each block, and last what came out: n_blocks + 1 arrays.
        probability: Softmax of the last, shape (n_samples, n_classes).
        cost: Mean over the samples.
        back: What the backward pass gave at each block, first to last.
    """

    made: tuple[Floats, ...]
    probability: Floats
    cost: float
    back: tuple[Back, ...]


def run_stack(blocks: Sequence[Block], x: Floats, y: Floats) -> StackPass:
    """Forward through all blocks and softmax, then back.

    Args:
        blocks: First to last; the last gives the numbers that softmax takes.
        x: Pictures, shape (n_samples, maps, height, width), or rows of numbers.
        y: Wanted probabilities, rows sum to 1, shape (n_samples, n_classes).

    Raises:
        SettingsError: Shapes that do not fit, or numbers that are not finite.
    """
    if not np.isfinite(x).all():
        raise SettingsError(
            "finite numbers",
            "others",
            "the input",
            "Remove the rows with NaN or infinity, or replace these values.",
        )
    made = [x]
    for block in blocks:
        made.append(block.forward(made[-1]))
    z = made[-1]
    if y.shape != z.shape:
        raise SettingsError(
            f"targets of shape {z.shape}",
            f"{y.shape}",
            "the target",
            "Give one row of targets for each sample.",
        )
    a = softmax(z)
    cost = cost_named("cross_entropy").value(z, a, y)
    arriving = a * y.sum(axis=1, keepdims=True) - y  # dC/dz: a - y where y sums to 1
    back: list[Back] = []
    for number in range(len(blocks) - 1, -1, -1):
        back.append(blocks[number].backward(made[number], made[number + 1], arriving))
        arriving = back[-1].to_input
    return StackPass(tuple(made), a, float(cost.mean()), tuple(reversed(back)))


def parameters(blocks: Sequence[Block]) -> list[Floats]:
    """Weights and biases, weight before bias, first block to last."""
    found: list[Floats] = []
    for block in blocks:
        if isinstance(block, Dense | Convolution):
            found += [block.weight, block.bias]
    return found


def gradients(passed: StackPass) -> list[Floats]:
    """Gradients in the order of `parameters`."""
    found: list[Floats] = []
    for back in passed.back:
        if back.dC_dw is not None and back.dC_db is not None:
            found += [back.dC_dw, back.dC_db]
    return found


def with_parameters(blocks: Sequence[Block], new: Sequence[Floats]) -> list[Block]:
    """The same blocks with other weights and biases, in the order of `parameters`."""
    left = iter(new)
    return [
        replace(block, weight=next(left), bias=next(left))
        if isinstance(block, Dense | Convolution)
        else block
        for block in blocks
    ]


def descend(blocks: Sequence[Block], passed: StackPass, eta: float) -> list[Block]:
    """The deck's update of every weight and bias: w - eta dC/dw, b - eta dC/db."""
    pairs = zip(parameters(blocks), gradients(passed), strict=True)
    return with_parameters(blocks, [value - eta * gradient for value, gradient in pairs])


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


@dataclass(frozen=True, slots=True)
class Convolution:
    """z of one output map at one place: the sum over its window of w times a, and b.

    z_o(p, q) = sum over c, u, v of w_o,c(u, v) a_c(s p + u, s q + v) + b_o, with a as padded. (Like
    every library it does not turn the kernel round, so it is a correlation by its old name.)

    Attributes:
        weight: Shape (maps_out, maps_in, kernel, kernel).
        bias: Shape (maps_out,).
        stride: s, in pixels.
        padding: Zeros before and after each side, in pixels.
    """

    weight: Floats
    bias: Floats
    stride: int = 1
    padding: tuple[int, int] = (0, 0)

    def forward(self, given: Floats) -> Floats:
        """Shape (n, maps_in, height, width) to (n, maps_out, height', width')."""
        windows = self._windows(given)
        # c, u, v are summed; n, p, q stay, then o
        z = np.tensordot(windows, self.weight, axes=([1, 4, 5], [1, 2, 3]))
        return np.asarray(np.moveaxis(z, 3, 1) + self.bias[:, None, None])

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """The gradients by weight, bias and input, where ``dC_dmade`` is dC/dz.

        * dC/dw_o,c(u, v): each place used this weight once, so the sum over places of dC/dz times
          the number that the weight met there. dz/dw is that number: the windows.
        * dC/db_o: the sum over places of dC/dz.
        * dC/da_c: each number was met by up to kernel x kernel weights, so the sum over these.
          dz/da is the weight.
        """
        windows = self._windows(given)
        kernel, stride = self.weight.shape[2], self.stride
        dC_dw = np.tensordot(dC_dmade, windows, axes=([0, 2, 3], [0, 2, 3])) / len(given)
        before, after = self.padding
        height, width = (side + before + after for side in given.shape[2:])
        padded = np.zeros((*given.shape[:2], height, width), given.dtype)
        n_down, n_across = dC_dmade.shape[2:]
        for u in range(kernel):
            for v in range(kernel):
                met = np.tensordot(dC_dmade, self.weight[:, :, u, v], axes=([1], [0]))
                rows = slice(u, u + stride * (n_down - 1) + 1, stride)
                columns = slice(v, v + stride * (n_across - 1) + 1, stride)
                padded[:, :, rows, columns] += np.moveaxis(met, 3, 1)
        return Back(
            to_input=padded[:, :, before : height - after, before : width - after],
            dC_dw=dC_dw,
            dC_db=dC_dmade.sum(axis=(2, 3)).mean(axis=0),
            factors={"dC_dz": dC_dmade, "dz_dw": windows, "dz_da": self.weight},
        )

    def _windows(self, given: Floats) -> Floats:
        """What each place looks at, shape (n, maps_in, height', width', kernel, kernel), a view."""
        kernel, (before, after) = self.weight.shape[2], self.padding
        least = kernel - before - after
        if (
            given.ndim != 4
            or given.shape[1] != self.weight.shape[1]
            or min(given.shape[2:]) < least
        ):
            raise SettingsError(
                f"maps of shape (n, {self.weight.shape[1]}, height, width) with sides of at least "
                f"{max(least, 1)}",
                f"{given.shape}",
                "the input of a convolution",
                "Give the layer as many maps as the layer before has, with sides at least as "
                "long as its kernel.",
            )
        side = (before, after)
        padded = np.pad(given, ((0, 0), (0, 0), side, side))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))
        return windows[:, :, :: self.stride, :: self.stride]


@dataclass(frozen=True, slots=True)
class MaxPooling:
    """Windows side by side; what is left over at the right and the bottom is not looked at.

    Attributes:
        size: Side and stride of the window, in pixels.
    """

    size: int

    def forward(self, given: Floats) -> Floats:
        """Shape (n, maps, height, width) to (n, maps, height // size, width // size)."""
        return np.asarray(self._windows(given).max(axis=-1))

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """The derivative is 1 for the largest number of a window (the first of equals), else 0."""
        windows = self._windows(given)
        largest = np.zeros_like(windows)
        np.put_along_axis(largest, windows.argmax(axis=-1)[..., None], 1, axis=-1)
        da_dz = np.zeros_like(given)
        down, across = (side // self.size for side in given.shape[2:])
        tiles = largest.reshape(*windows.shape[:-1], self.size, self.size).swapaxes(3, 4)
        looked_at = (..., slice(down * self.size), slice(across * self.size))
        da_dz[looked_at] = tiles.reshape(*given.shape[:2], down * self.size, across * self.size)
        to_input = np.zeros_like(given)
        spread = dC_dmade.repeat(self.size, axis=2).repeat(self.size, axis=3)
        to_input[looked_at] = spread * da_dz[looked_at]
        return Back(to_input, factors={"dC_da": dC_dmade, "da_dz": da_dz})

    def _windows(self, given: Floats) -> Floats:
        """Shape (n, maps, height', width', size * size), rows of a window one after the other."""
        if given.ndim != 4 or min(given.shape[2:]) < self.size:
            raise SettingsError(
                f"maps with sides of at least {self.size}",
                f"shape {given.shape}",
                "the input of a pooling",
                "Use a larger picture or fewer poolings.",
            )
        down, across = (side // self.size for side in given.shape[2:])
        cut = given[:, :, : down * self.size, : across * self.size]
        tiles = cut.reshape(*given.shape[:2], down, self.size, across, self.size)
        return tiles.swapaxes(3, 4).reshape(*given.shape[:2], down, across, self.size**2)
