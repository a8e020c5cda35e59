"""Coefficients of agreement as functions of sums."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.sums import AgreementSums

Array = NDArray[np.float64]
Weighting = Literal["none", "linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval"]


def agreement_weights(n_classes: int, weighting: Weighting) -> Array:
    """How far two answers agree: 1 for the same class, less with each step between them.

    Args:
        n_classes: Number of classes, two or more.
        weighting: ``none``: only the same class counts; ``linear``: each step costs the same;
            ``quadratic``: two steps cost four times one.

    Returns:
        Weights from 0 to 1, shape (k, k).

    Source: Cohen (1968), Psychological Bulletin 70(4), 213-220.

    >>> agreement_weights(3, "quadratic")[0].tolist()
    [1.0, 0.75, 0.0]
    """
    if weighting == "none":
        return np.eye(n_classes)
    steps = np.abs(np.subtract.outer(np.arange(n_classes), np.arange(n_classes)))
    power = 1 if weighting == "linear" else 2
    return np.asarray(1 - (steps / (n_classes - 1)) ** power)


def percent_agreement(sums: AgreementSums, weighting: Weighting = "none") -> Array:
    """Chance that two raters drawn from those of an item agree, averaged over items, 0 to 1."""
    weights = agreement_weights(sums.shares.shape[-1], weighting)
    pairs = sums.pairs
    return _divide((pairs * weights).sum((-2, -1)), pairs.sum((-2, -1)))


def chance_agreement(sums: AgreementSums, weighting: Weighting = "none") -> Array:
    """Agreement of raters who draw their answers at random from the shares of the classes."""
    weights = agreement_weights(sums.shares.shape[-1], weighting)
    share = class_shares(sums)
    return np.asarray(np.einsum("...k,kl,...l->...", share, weights, share))


def class_shares(sums: AgreementSums) -> Array:
    """Mean share of each class among the ratings of an item, shape (..., k)."""
    return _divide(sums.shares, sums.shares.sum(-1, keepdims=True))


def fleiss_kappa(sums: AgreementSums) -> Array:
    """Fleiss' kappa; items with unequal numbers of ratings count equally.

    Source: Fleiss (1971), Psychological Bulletin 76(5), 378-382; missing ratings as in Gwet (2014),
    Handbook of Inter-Rater Reliability, 4th edition (there: the generalised form).
    """
    return _beyond(percent_agreement(sums), chance_agreement(sums))


def gwet_ac(sums: AgreementSums, weighting: Weighting = "none") -> Array:
    """Gwet's AC1, or AC2 with weights: chance is that of a rater who guesses hard items only.

    It does not fall when one class is very common, as kappa does.

    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1), 29-48;
    AC2: Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition.
    """
    k = sums.shares.shape[-1]
    share = class_shares(sums)
    total = agreement_weights(k, weighting).sum()
    chance = total / (k * (k - 1)) * (share * (1 - share)).sum(-1)
    return _beyond(percent_agreement(sums, weighting), np.asarray(chance))


def krippendorff_alpha(sums: AgreementSums, level: Level) -> Array:
    """Krippendorff's alpha.

    Args:
        sums: Sums over items.
        level: ``nominal``: any two classes are equally far apart; ``ordinal``: only their order
            counts; ``interval``: each step is as far as the others.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, Annenberg School for
    Communication; the ordinal distance of two classes is the difference of their mean ranks.
    """
    coincidences = sums.coincidences
    values = coincidences.sum(-1)
    k = values.shape[-1]
    if level == "nominal":
        distance = np.broadcast_to(1 - np.eye(k), coincidences.shape)
    else:
        rank = np.cumsum(values, axis=-1) - values / 2
        place = rank if level == "ordinal" else np.broadcast_to(np.arange(k), values.shape)
        distance = (place[..., :, None] - place[..., None, :]) ** 2.0
    found = (coincidences * distance).sum((-2, -1))
    by_chance = (values[..., :, None] * values[..., None, :] * distance).sum((-2, -1))
    return np.asarray(1 - (values.sum(-1) - 1) * _divide(found, by_chance))


def cohen_kappa(table: Array, weighting: Weighting = "none") -> Array:
    """Cohen's kappa of two raters, weighted or not; NaN where both used one class only.

    Args:
        table: Items by the two raters' classes, shape (..., k, k).
        weighting: See `agreement_weights`.

    Source: Cohen (1960), Educational and Psychological Measurement 20(1), 37-46, and Cohen (1968).
    """
    weights = agreement_weights(table.shape[-1], weighting)
    n_items = table.sum((-2, -1))
    found = _divide((table * weights).sum((-2, -1)), n_items)
    rows, columns = table.sum(-1), table.sum(-2)
    by_chance = _divide(np.einsum("...k,kl,...l->...", rows, weights, columns), n_items**2)
    return _beyond(found, by_chance)


def _beyond(found: Array, by_chance: Array) -> Array:
    """Share of the room above chance that agreement fills."""
    return _divide(found - by_chance, 1 - by_chance)


def _divide(part: Array, whole: Array) -> Array:
    """Quotient; NaN where there is nothing to divide by (up to rounding)."""
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    out = np.full(shape, np.nan)
    np.divide(part, whole, out=out, where=np.abs(whole) > 1e-12)
    return out
