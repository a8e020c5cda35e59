"""Convolution: a dense layer that looks through a window and uses the same weights everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.backprop.activations import Floats
from arborisk.backprop.blocks import Back
from arborisk.errors import SettingsError


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
