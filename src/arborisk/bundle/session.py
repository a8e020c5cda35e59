"""An ONNX Runtime session on bytes that were checked, with nothing left to chance."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from arborisk.bundle.record import BundleDescription
from arborisk.errors import BundleError
from arborisk.preprocess.settings import PreprocessSettings

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


PROBE_TOLERANCE = 1e-3
"""Processors differ by about 1e-6 in a probability; a wrong kernel differs in the first digits."""

_REMEDY = "Ask the maker of the bundle to export it again."


def probe_array(settings: PreprocessSettings) -> NDArray[np.uint8]:
    """A fixed picture made of arithmetic, shape (1, size, size, channels).

    A bundle carries its network's answer to it, so that a computer that calculates wrongly, or a
    network that belongs to another bundle, shows at once.
    """
    size, channels = settings.size_px, settings.channels
    row, column, channel = np.ogrid[:size, :size, :channels]
    values = (row * 7 + column * 13 + row * column // 11 + channel * 31) % 256
    probe: NDArray[np.uint8] = values.astype(np.uint8)[None]
    return probe


def check_signature(
    session: ort.InferenceSession, description: BundleDescription, where: str
) -> None:
    """Compares the network's declared inputs and outputs with the labels and preprocessing.

    Raises:
        BundleError: A name, type or shape differs; names it.
    """
    size, channels = description.preprocess.size_px, description.preprocess.channels
    inputs = [(item.name, item.type, tuple(item.shape[1:])) for item in session.get_inputs()]
    _expect([(INPUT, "tensor(uint8)", (size, size, channels))], inputs, "inputs", where)
    batch = session.get_inputs()[0].shape[0]
    if isinstance(batch, int):
        raise BundleError("a batch of any size", f"a fixed batch of {batch}", where, _REMEDY)
    outputs = [(item.name, item.type) for item in session.get_outputs()]
    _expect([(name, "tensor(float)") for name in OUTPUTS], outputs, "outputs", where)
    width = session.get_outputs()[0].shape[-1]
    _expect(len(description.scheme.classes), width, "width of the output (labels)", where)


def check_against_probe(
    session: ort.InferenceSession,
    description: BundleDescription,
    probe_probability: tuple[float, ...] | None,
    where: str,
) -> NDArray[np.float64]:
    """Runs the probe, checks the shapes that really come out, and compares the answer.

    Returns:
        The network's probabilities for the probe, shape (n_classes,).

    Raises:
        BundleError: Shapes differ from the bundle, values are not finite, or the answer differs.
    """
    probe = probe_array(description.preprocess)
    logits, feature_map, embedding, members = run_session(session, probe, where=where)
    shape = (1, len(description.scheme.classes))
    _expect((1, description.n_members, shape[1]), members.shape, "shape of member_logits", where)
    _expect(shape, logits.shape, "shape of the logits (labels)", where)
    _expect((1, 4), (len(feature_map), feature_map.ndim), "batch and rank of feature_map", where)
    _expect((1, 2), (len(embedding), embedding.ndim), "batch and rank of embedding", where)
    if not (np.isfinite(logits).all() and np.isfinite(members).all()):
        raise BundleError("finite outputs", "NaN or infinity", where, _REMEDY)
    answer: NDArray[np.float64] = softmax(logits)[0]
    if probe_probability is not None:
        _expect(len(probe_probability), len(answer), "width of probe_probability", where)
        difference = float(np.abs(answer - np.asarray(probe_probability)).max())
        if difference > PROBE_TOLERANCE:
            raise BundleError(
                f"the answer to the probe that parity.json states, within {PROBE_TOLERANCE:g}",
                f"a difference of {difference:.2g}",
                where,
                "Try another version of onnxruntime; if it stays, export the bundle again.",
            )
    return answer


def _expect(expected: object, found: object, what: str, where: str) -> None:
    if expected != found:
        raise BundleError(f"{what} {expected}", f"{found}", where, _REMEDY)
