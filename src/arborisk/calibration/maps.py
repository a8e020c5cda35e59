"""Maps from what a network says to calibrated probabilities, and from one prevalence to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.table import normalised

Method = Literal["none", "temperature", "bias", "matrix"]
METHOD_WORDS: dict[Method, str] = {
    "none": "taking the network at its word, but for the class shares of training",
    "temperature": "temperature scaling",
    "bias": "temperature scaling with a bias for each class",
    "matrix": "a full linear map of the log-probabilities (Dirichlet)",
}


@dataclass(frozen=True, slots=True)
class CalibrationMap:
    """Softmax of a linear map of log-probabilities.

    Attributes:
        method: How it was fitted. ``temperature``: Guo et al. (2017), ICML, with the logits
            divided by the temperature. ``bias``: Alexandari, Kundaje and Shrikumar (2020), ICML,
            bias-corrected temperature scaling; for two classes it is Platt (1999). ``matrix``:
            Kull et al. (2019), NeurIPS, Dirichlet calibration. ``none``: too few groups to fit
            anything.
        weight: Applied to the log-probabilities of all classes, shape (k, k); the identity
            divided by the temperature but for ``matrix``.
        bias: Added for each class, shape (k,).
    """

    method: Method
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def apply(self, log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities, rows sum to 1.

        Args:
            log_probability: What a network says, shape (..., k).
        """
        return normalised(log_probability @ self.weight.T + self.bias)

    @property
    def temperature(self) -> float:
        """What the log-probabilities are divided by; above 1 the network was too sure of itself."""
        return float(1 / np.mean(np.diag(self.weight)))


def shift_prior(
    probability: NDArray[np.float64], source: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities where classes are as common as `target` instead of `source`.

    It holds where the trees of a class look alike in both places, and only how many there are
    differs.

    Args:
        probability: Shape (..., k), calibrated to the shares `source`.
        source: Share of each class behind the probabilities, above 0, shape (k,).
        target: Share of each class where they are to be used, shape (k,).

    Source: Saerens, Latinne and Decaestecker (2002), Neural Computation 14, 21-41, equation 2.4.

    >>> shift_prior(np.array([0.5, 0.5]), np.array([0.5, 0.5]), np.array([0.9, 0.1])).tolist()
    [0.9, 0.1]
    """
    raised = probability * (target / source)
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
