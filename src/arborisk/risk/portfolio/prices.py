"""Prices of money and hours: a bound for very long lists, and the list that the prices choose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio.options import Options

Chosen = NDArray[np.bool_]
Floats = NDArray[np.float64]
MOST_CUTS = 200
CLOSE = 1e-6
"""Relative distance between the dual value and the model of it at which prices are good enough."""
WIDEN = 4.0
N_SAMPLE = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A list chosen by prices.

    Attributes:
        chosen: List that fits, shape (n_options,).
        bound: Nothing that fits removes more.
        prices: Risk that a unit of money, then an hour of each capped crew, is worth.
    """

    chosen: Chosen
    bound: float
    prices: Floats


def choose_by_prices(options: Options, limits: Floats, uses: Floats, useful: Chosen) -> Priced:
    """Lagrangian relaxation of budget and hours, by cutting planes in the few prices.

    At any prices each tree takes the option worth most after paying them; what the prices of the
    limits and these gains add up to is a bound (weak duality). The best prices are found by cutting
    planes (Kelley, J. SIAM 8, 1960, 703-712), starting from a sample of the trees.

    Args:
        options: What could be done; without needs.
        limits: Budget and hours, shape (n_limits,); finite.
        uses: What each option takes of them, shape (n_limits, n_options).
        useful: Options that may be taken.
    """
    dual = _Dual(options.removed, uses, limits, options.tree, len(options.trees), useful)
    prices = dual.start()
    low, high = prices / WIDEN, np.maximum(prices * WIDEN, 1e-9)
    best, best_prices = np.inf, prices
    cuts: list[Floats] = []
    values: list[float] = []
    for _ in range(MOST_CUTS):
        value, slope = dual.at(prices)
        if value < best:
            best, best_prices = value, prices
        cuts.append(slope)
        values.append(value - float(slope @ prices))
        prices, model = _lowest(np.array(cuts), np.array(values), low, high)
        at_edge = (prices >= high * (1 - 1e-9)) | ((prices <= low * (1 + 1e-9)) & (low > 0))
        if best - model <= CLOSE * max(best, 1e-12):
            if not at_edge.any():
                break
            high = np.where(prices >= high * (1 - 1e-9), high * WIDEN, high)
            low = np.where((prices <= low * (1 + 1e-9)) & at_edge, 0.0, low)
    return Priced(dual.list_at(best_prices), best, best_prices)


def _lowest(slopes: Floats, values: Floats, low: Floats, high: Floats) -> tuple[Floats, float]:
    """Lowest point of the cutting planes within a box."""
    from scipy import optimize

    n = len(low)
    found = optimize.linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.column_stack([slopes, -np.ones(len(values))]),
        b_ub=-values,
        bounds=[*zip(low, high, strict=True), (None, None)],
        method="highs",
    )
    return np.asarray(found.x[:n]), float(found.x[n])


@dataclass(frozen=True, slots=True, eq=False)
class _Dual:
    removed: Floats
    uses: Floats
    limits: Floats
    tree: NDArray[np.int64]
    n_trees: int
    useful: Chosen

    def at(self, prices: Floats) -> tuple[float, Floats]:
        """Bound at these prices, and how it changes with them."""
        taken = self._taken(prices)
        gain = (self.removed - prices @ self.uses)[taken].sum()
        return float(gain + prices @ self.limits), self.limits - self.uses[:, taken].sum(axis=1)

    def _taken(self, prices: Floats) -> Chosen:
        """The option of each tree that is worth most after paying, where that is above nothing."""
        worth = np.where(self.useful, self.removed - prices @ self.uses, 0.0)
        best = np.zeros(self.n_trees)
        np.maximum.at(best, self.tree, worth)
        candidate = np.flatnonzero((worth > 0) & (worth == best[self.tree]))
        _, first = np.unique(self.tree[candidate], return_index=True)
        taken = np.zeros(len(worth), dtype=bool)
        taken[candidate[first]] = True
        return taken

    def start(self) -> Floats:
        """Prices of a sample of the trees with limits in proportion."""
        from scipy import optimize

        share = min(1.0, N_SAMPLE / self.n_trees)
        sampled = np.random.default_rng(0).random(self.n_trees) < share
        some = np.flatnonzero(sampled[self.tree] & self.useful)
        _, line = np.unique(self.tree[some], return_inverse=True)
        if not len(some):
            return np.full(len(self.limits), 1e-6)
        one_a_tree = np.zeros((line.max() + 1, len(some)))
        one_a_tree[line.ravel(), np.arange(len(some))] = 1.0
        found = optimize.linprog(
            -self.removed[some],
            A_ub=np.vstack([self.uses[:, some], one_a_tree]),
            b_ub=np.concatenate([self.limits * share, np.ones(len(one_a_tree))]),
            bounds=(0, 1),
            method="highs",
        )
        prices: Floats = -np.asarray(found.ineqlin.marginals[: len(self.limits)], dtype=np.float64)
        return np.maximum(prices, 1e-9)

    def list_at(self, prices: Floats) -> Chosen:
        """What the prices choose, less what is worth least until it fits."""
        taken = self._taken(prices)
        left = self.limits - self.uses[:, taken].sum(axis=1)
        worth = self.removed - prices @ self.uses
        order = np.flatnonzero(taken)
        for one in order[np.argsort(worth[order], kind="stable")].tolist():
            if (left >= 0).all():
                break
            if (self.uses[left < 0, one] > 0).any():
                taken[one] = False
                left = left + self.uses[:, one]
        return taken
