"""Responses as plain figures, for other software: names, numbers, lists."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from arborisk.explanation.responses.partial import Dependence
from arborisk.explanation.responses.records import Floats, Interventions
from arborisk.explanation.responses.verdicts import FactorSummary
from arborisk.records import Interval


def responses_figures(
    found: Interventions, summaries: Sequence[FactorSummary]
) -> dict[str, JsonValue]:
    """Verdict, figures and mean curves of every factor, by its name.

    Args:
        found: All responses.
        summaries: `summarise` of them.
    """
    return {
        one.response.factor.name: {
            "verdict": one.verdict,
            "levels": _numbers(one.response.levels),
            "probability": _numbers(one.response.probability[:, :, found.contrast.of].mean(axis=0)),
            "critical_gust_ms": _numbers(one.response.critical_gust_ms.mean(axis=0)),
            "change_of_probability": _ends(one.change),
            "change_of_score": _ends(one.score_change),
            "rank_correlation": None if one.rank is None else _ends(one.rank),
            "share_never_back": one.monotone_share,
            "same_picture": one.response.same_picture,
        }
        for one in summaries
    }


def dependence_figures(found: Dependence) -> dict[str, JsonValue]:
    """Figures and curve of every measure, by its name, and what all curves explain."""
    figures: dict[str, JsonValue] = {
        one.name: {
            "rank_correlation": _ends(one.rank),
            "corrected_p": one.corrected_p,
            "change_of_score": _ends(one.change),
            "values": _numbers(one.values),
            "curve": _numbers(one.curve),
            "n_photos": one.n_measured,
        }
        for one in found.effects
    }
    return {"r2": found.r2, "n_photos": found.n_photos, "n_groups": found.n_groups, **figures}


def _numbers(values: Floats) -> JsonValue:
    return [round(float(value), 6) for value in values]


def _ends(value: Interval) -> JsonValue:
    return [value.value, value.low, value.high]
