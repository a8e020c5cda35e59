"""The last layer of a bundle's networks as one matrix, read from its weights. No torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.files import WEIGHTS, check_hash, read_file, safe_arrays
from arborisk.bundle.load import Bundle, BundleOutput
from arborisk.bundle.session import log_softmax, probe_array
from arborisk.errors import BundleError, Remedy, command

HEAD_NAMES: Final = ("head", "fc")
"""Names of a last layer among the weights; published files call theirs ``fc``."""
SAME: Final = 1e-3
"""Largest difference that rounding explains, of a log-probability and as a share of an embedding's
largest value; differences seen are about 1e-6."""

Kind = Literal["nominal", "cumulative_link", "corn"]


@dataclass(frozen=True, slots=True)
class LinearHead:
    """The mean over a bundle's members of their last layers, on all maps side by side.

    Attributes:
        kind: Nominal: one row a class, its logit. Cumulative link: one row a step, the logit of
            P(class > step). Corn: likewise, given that the class is at least the step's.
        weight: Shape (n_rows, c), c channels of `BundleOutput.feature_map`.
        bias: Shape (n_rows,).
    """

    kind: Kind
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]


def why_not(bundle: Bundle) -> str:
    """Why a bundle has no exact map, in words; "" where it has one."""
    found = _head_or_reason(bundle)
    return found if isinstance(found, str) else ""


def read_linear_head(bundle: Bundle) -> LinearHead:
    """The last layer of a bundle, after a check that it is all there is above the last map.

    Raises:
        BundleError: It is not, as in networks with dense layers; or the weights are damaged.
    """
    found = _head_or_reason(bundle)
    if isinstance(found, str):
        raise BundleError(
            "a network whose score is a sum over the places of its last map",
            found,
            str(bundle.folder),
            Remedy(
                "Use {} for this model: it needs the extras explain and train.", command("explain")
            ),
        )
    return found


def _head_or_reason(bundle: Bundle) -> LinearHead | str:
    output = bundle.predict(probe_array(bundle.description.preprocess))
    if not _reads_means(output):
        return (
            f"further layers between the last map and the classes of {bundle.description.model}, "
            "so that no place has a share of its own"
        )
    weights = _weights(bundle)
    layers = [_of_member(weights, number) for number in range(bundle.description.n_members)]
    known = [one for one in layers if one is not None]
    if len(known) < len(layers) or not _fit(known, output):
        return "a last layer of a kind that is not linear, or not known here"
    if not _answer_alike(known, output, bundle):
        return "a last layer that does not give the answers of the network"
    return _averaged(known, output.feature_map.shape[1])


def _weights(bundle: Bundle) -> dict[str, NDArray[np.generic]]:
    """The bundle's weights by name, after a check of their hash."""
    content = read_file(bundle.folder, WEIGHTS)
    where = bundle.folder / WEIGHTS
    check_hash(where, bundle.record.files.by_name()[WEIGHTS], content)
    return safe_arrays(content, str(where))


def _reads_means(output: BundleOutput) -> bool:
    """Whether the embedding is the mean of each map."""
    means = output.feature_map.mean(axis=(2, 3))
    if means.shape != output.embedding.shape:
        return False
    scale = max(float(np.abs(output.embedding).max()), 1e-12)
    return float(np.abs(means - output.embedding).max()) <= SAME * scale


def _of_member(weights: Mapping[str, NDArray[np.generic]], number: int) -> LinearHead | None:
    """Last layer of one member; None for one that is not known here."""
    pattern = re.compile(rf"{number}\.(?:{'|'.join(HEAD_NAMES)})\.(.+)")
    matches = ((pattern.fullmatch(name), value) for name, value in weights.items())
    own = {found[1]: np.asarray(value, dtype=np.float64) for found, value in matches if found}
    match sorted(own):
        case ["bias", "weight"]:
            return LinearHead("nominal", own["weight"], own["bias"])
        case ["questions.bias", "questions.weight"]:
            return LinearHead("corn", own["questions.weight"], own["questions.bias"])
        case ["first", "log_steps", "score.weight"]:
            steps = np.exp(own["log_steps"]).cumsum()
            thresholds = np.concatenate([own["first"], own["first"] + steps])
            rows = np.repeat(own["score.weight"], len(thresholds), axis=0)
            return LinearHead("cumulative_link", rows, -thresholds)
    return None


def _fit(layers: list[LinearHead], output: BundleOutput) -> bool:
    """Whether the layers are alike, and read what the network gives."""
    first = layers[0]
    n_classes, n_maps = output.probability.shape[1], output.feature_map.shape[1]
    n_rows = n_classes if first.kind == "nominal" else n_classes - 1
    alike = {(one.kind, one.weight.shape, one.bias.shape) for one in layers}
    if alike != {(first.kind, (n_rows, first.weight.shape[-1]), (n_rows,))}:
        return False
    return n_maps in (first.weight.shape[1], first.weight.shape[1] * len(layers))


def _answer_alike(layers: list[LinearHead], output: BundleOutput, bundle: Bundle) -> bool:
    """Whether the layers, on the probe's embedding, say what the network says.

    Where members answer to several views of a photo this cannot be seen from one of them.
    """
    if bundle.description.training.get("test_views", "one") != "one":
        return True
    width = layers[0].weight.shape[1]
    parts = output.embedding[0].astype(np.float64).reshape(-1, width)
    each = [parts[number if len(parts) > 1 else 0] for number in range(len(layers))]
    said = [log_probability(layer, one) for layer, one in zip(layers, each, strict=True)]
    return bool(np.abs(np.array(said) - output.member_log_probability[0]).max() <= SAME)


def log_probability(head: LinearHead, embedding: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-probability of each class, shape (n_classes,), of an embedding, shape (c,).

    Source: the formulas of `arborisk.models.network`, which says where they come from.
    """
    rows = head.weight @ embedding + head.bias
    if head.kind == "nominal":
        return log_softmax(rows)
    above, below = -np.logaddexp(0.0, -rows), -np.logaddexp(0.0, rows)
    if head.kind == "corn":
        passed = np.concatenate([[0.0], above.cumsum()])
        return np.asarray(passed + np.concatenate([below, [0.0]]))
    reached = np.concatenate([[1.0], np.exp(above), [0.0]])  # P(class > step - 1)
    each = np.maximum(reached[:-1] - reached[1:], np.finfo(np.float64).tiny)
    return np.asarray(np.log(each))


def _averaged(layers: list[LinearHead], n_maps: int) -> LinearHead:
    """One matrix on all maps: of a shared body, or of bodies whose maps stand side by side."""
    weights = [layer.weight for layer in layers]
    shared = n_maps == weights[0].shape[1]
    weight = np.mean(weights, axis=0) if shared else np.hstack(weights) / len(weights)
    bias = np.mean([layer.bias for layer in layers], axis=0)
    return LinearHead(layers[0].kind, weight, bias)
