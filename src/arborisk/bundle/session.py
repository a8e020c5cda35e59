"""An ONNX Runtime session on bytes that were checked, with nothing left to chance."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from arborisk.errors import BundleError

INPUT = "photos"
OUTPUTS = ("logits", "feature_map", "embedding", "member_logits")


def open_session(content: bytes, *, n_threads: int, where: str) -> ort.InferenceSession:
    """Session on the CPU.

    Args:
        content: The ONNX file's bytes, the same that were hashed and scanned.
        n_threads: Threads used within one run.
        where: Name of the file, for the message.

    Raises:
        BundleError: ONNX Runtime cannot use the file.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Bytes of ONNX Runtime's own format would pass by the scan of the ONNX format.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Spinning threads would take the cores on which photos are decoded.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no useful base class
        raise BundleError(
            "a network that ONNX Runtime can load",
            _first_line(error),
            where,
            "Get the bundle again, or update onnxruntime.",
        ) from error


def run_session(
    session: ort.InferenceSession, arrays: NDArray[np.uint8], *, where: str
) -> list[NDArray[np.float32]]:
    """The outputs for a batch, in the order of `OUTPUTS`.

    Raises:
        BundleError: ONNX Runtime fails on the network.
    """
    try:
        outputs: list[NDArray[np.float32]] = session.run(list(OUTPUTS), {INPUT: arrays})
    except Exception as error:  # its errors share no useful base class
        raise BundleError(
            "a network that runs",
            _first_line(error),
            where,
            "Get the bundle again, or train the model again.",
        ) from error
    return outputs


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Probabilities of logits, row by row, shape (n, k); rows sum to 1."""
    wide = logits.astype(np.float64)
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    probability: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return probability


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-probabilities of logits, shape (..., k)."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
