"""Fits calibration maps to photos held back, and measures what they gain on others again.

All photos count alike, since calibrated probabilities speak of photos as common as these; together
they count for as many as the groups they come from. A mild penalty holds the map near the one that
needs no data, in which a member is taken at its word: without it a model that was right of every
photo would become certain of all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.table import CalibrationMap, CalibrationTable, Method
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.over_groups import effective_groups

FEWEST_GROUPS = float(FEWEST["groups for a calibration map"])
"""Groups below which nothing is fitted; groups of the rarest class likewise for a bias each. As for
intervals: docs/decisions/0003-intervals.md."""
GROUPS_PER_WEIGHT = 10
"""Groups of the rarest class for each weight of a row of a full map, from which one is tried."""
MOST_CLASSES_FOR_MATRIX = 10
MOST_NUMBERS = 50_000_000
"""Numbers that a full map is fitted from at once, 400 MB; with more photos a bias a class does."""
SMALLEST_SLOPE = 0.05
"""Temperature of at most 20: a map never turns the order of the classes round."""
PENALTY = 0.5
"""Half the squared distance from the map that needs no data, times this. Worth about one group."""
MOST_STEPS = 100
CLOSE_ENOUGH = 1e-9
N_INNER_FOLDS = 5


def row_weights(table: CalibrationTable) -> NDArray[np.float64]:
    """Weight of each row, all alike; they sum to the effective number of groups, shape (n,)."""
    _, counts = np.unique(table.group, return_counts=True)
    n_rows = len(table.group)
    return np.full(n_rows, effective_groups(counts.astype(np.float64)) / n_rows)


def methods_for(table: CalibrationTable) -> list[Method]:
    """Methods that the groups at hand can carry, the simplest first."""
    of_class = table.groups_of_class()
    if table.n_groups < FEWEST_GROUPS:
        return ["none"]
    methods: list[Method] = ["none", "temperature"]
    if min(of_class) >= FEWEST_GROUPS:
        methods.append("bias")
    n_classes = table.n_classes
    n_numbers = table.log_probability.size * n_classes * (n_classes + 1)
    enough = min(of_class) >= GROUPS_PER_WEIGHT * (n_classes + 1)
    if 2 < n_classes <= MOST_CLASSES_FOR_MATRIX and enough and n_numbers <= MOST_NUMBERS:
        methods.append("matrix")
    return methods


def fit_map(
    table: CalibrationTable, method: Method, prior_log: NDArray[np.float64]
) -> CalibrationMap:
    """Map of one method.

    Args:
        table: What was said of photos held back.
        method: How to fit.
        prior_log: Bias of the map that needs no data, shape (k,): zeros for a network whose
            probabilities lean to the class shares of training, their logarithms for one that was
            trained as if all classes were equally common.
    """
    n_classes = table.n_classes
    identity = CalibrationMap("none", np.eye(n_classes), prior_log - prior_log.mean())
    if method == "none":
        return identity
    design = _design(table.log_probability, method)
    start = _start(method, n_classes)
    theta = _newton(
        design, prior_log - prior_log.mean(), table.class_index, row_weights(table), start
    )
    if method != "matrix" and theta[0] < SMALLEST_SLOPE:
        theta = _newton(
            design,
            prior_log - prior_log.mean(),
            table.class_index,
            row_weights(table),
            np.concatenate([[SMALLEST_SLOPE], start[1:]]),
            n_fixed=1,
        )
    return _as_map(theta, method, n_classes, prior_log - prior_log.mean())


def choose_map(
    table: CalibrationTable, prior_log: NDArray[np.float64], *, methods: Sequence[Method] = ()
) -> CalibrationMap:
    """The map whose log-loss is the least on groups that did not fit it; of equals the simplest.

    Args:
        table: What was said of photos held back.
        prior_log: See `fit_map`.
        methods: Methods to choose from; none means those of `methods_for`.
    """
    candidates = list(methods) or methods_for(table)
    if len(candidates) > 1:
        fold = inner_folds(table)
        losses = [_held_out_loss(table, method, prior_log, fold) for method in candidates]
        candidates = [candidates[int(np.argmin(losses))]]
    return fit_map(table, candidates[0], prior_log)


def cross_fitted(
    table: CalibrationTable, prior_log: NDArray[np.float64], *, methods: Sequence[Method] = ()
) -> NDArray[np.float64]:
    """Calibrated probabilities of each row by a map that was chosen and fitted without its group.

    Returns:
        Shape (n, k): what to score calibration by. The map that ships is fitted on all.
    """
    fold = inner_folds(table)
    calibrated = np.empty_like(table.log_probability)
    for held_back in np.unique(fold):
        out = fold == held_back
        if out.all():
            return fit_map(table, "none", prior_log).apply(table.log_probability)
        fitted = choose_map(table.rows(~out), prior_log, methods=methods)
        calibrated[out] = fitted.apply(table.log_probability[out])
    return calibrated


def inner_folds(table: CalibrationTable) -> NDArray[np.int64]:
    """Fold of each row: its member where there are several, else groups dealt out, shape (n,)."""
    if table.n_members > 2:
        return table.member
    _, group = np.unique(table.group, return_inverse=True)
    # Dealt out in the order of their classes, so that each fold gets some of each.
    highest = np.zeros(int(group.max()) + 1, dtype=np.int64)
    np.maximum.at(highest, group, table.class_index)
    rank = np.empty(len(highest), dtype=np.int64)
    rank[np.argsort(highest, kind="stable")] = np.arange(len(highest))
    return np.asarray(rank[group] % N_INNER_FOLDS, dtype=np.int64)


def _held_out_loss(
    table: CalibrationTable,
    method: Method,
    prior_log: NDArray[np.float64],
    fold: NDArray[np.int64],
) -> float:
    """Summed log-loss of rows by maps fitted without their fold."""
    total = 0.0
    for number in np.unique(fold):
        out = fold == number
        fitted = fit_map(table.rows(~out), method, prior_log)
        said = fitted.apply(table.log_probability[out])
        own = said[np.arange(len(said)), table.class_index[out]]
        total -= float(np.log(np.maximum(own, 1e-300)).sum())
    return total


def _design(log_probability: NDArray[np.float64], method: Method) -> NDArray[np.float64]:
    """What each parameter adds to each class, shape (n, k, n_parameters)."""
    n, k = log_probability.shape
    each = np.broadcast_to(np.eye(k), (n, k, k))
    if method == "temperature":
        return log_probability[:, :, None]
    if method == "bias":
        return np.concatenate([log_probability[:, :, None], each], axis=2)
    rows = np.einsum("ca,nb->ncab", np.eye(k), log_probability).reshape(n, k, k * k)
    return np.concatenate([rows, each], axis=2)


def _start(method: Method, n_classes: int) -> NDArray[np.float64]:
    """Parameters of the map that needs no data."""
    if method == "temperature":
        return np.ones(1)
    if method == "bias":
        return np.concatenate([np.ones(1), np.zeros(n_classes)])
    return np.concatenate([np.eye(n_classes).ravel(), np.zeros(n_classes)])


def _as_map(
    theta: NDArray[np.float64], method: Method, n_classes: int, prior: NDArray[np.float64]
) -> CalibrationMap:
    bias = prior + (theta[-n_classes:] if method != "temperature" else 0.0)
    slope = (
        theta[: n_classes**2].reshape(n_classes, n_classes)
        if method == "matrix"
        else theta[0] * np.eye(n_classes)
    )
    return CalibrationMap(method, slope, bias - bias.mean())


def _newton(
    design: NDArray[np.float64],
    offset: NDArray[np.float64],
    class_index: NDArray[np.int64],
    weight: NDArray[np.float64],
    start: NDArray[np.float64],
    n_fixed: int = 0,
) -> NDArray[np.float64]:
    """Least penalised log-loss, by Newton's method with halved steps; the problem is convex.

    Args:
        design: Shape (n, k, p).
        offset: Added to all rows, shape (k,).
        class_index: Shape (n,).
        weight: Of each row, shape (n,).
        start: Where to begin, and what the penalty pulls towards, shape (p,).
        n_fixed: First parameters that stay as they are.
    """
    theta, rows = start.copy(), np.arange(len(class_index))
    loss, said = _loss(theta, start, design, offset, class_index, weight)
    for _ in range(MOST_STEPS):
        pull = said.copy()
        pull[rows, class_index] -= 1
        gradient = np.einsum("n,nc,ncp->p", weight, pull, design, optimize=True)
        gradient += PENALTY * (theta - start)
        mean = np.einsum("nc,ncp->np", said, design)
        hessian = np.einsum("n,nc,ncp,ncq->pq", weight, said, design, design, optimize=True)
        hessian -= np.einsum("n,np,nq->pq", weight, mean, mean, optimize=True)
        hessian += PENALTY * np.eye(len(theta))
        step = np.zeros_like(theta)
        step[n_fixed:] = np.linalg.solve(hessian[n_fixed:, n_fixed:], gradient[n_fixed:])
        share = 1.0
        while share > CLOSE_ENOUGH:
            trial = theta - share * step
            new, new_said = _loss(trial, start, design, offset, class_index, weight)
            if new <= loss:
                break
            share /= 2
        else:
            break
        gained = loss - new
        theta, loss, said = trial, new, new_said
        if gained < CLOSE_ENOUGH * (1 + abs(loss)):
            break
    return theta


def _loss(
    theta: NDArray[np.float64],
    start: NDArray[np.float64],
    design: NDArray[np.float64],
    offset: NDArray[np.float64],
    class_index: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Penalised loss, and the probabilities, shape (n, k)."""
    logits = design @ theta + offset
    logits -= logits.max(axis=1, keepdims=True)
    log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    own = log[np.arange(len(class_index)), class_index]
    penalty = PENALTY / 2 * float(((theta - start) ** 2).sum())
    return float(-(weight * own).sum()) + penalty, np.exp(log)
