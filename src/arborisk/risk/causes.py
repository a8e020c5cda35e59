"""Which combinations of words give the highest possible rating."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.risk.assessment import Assessment
from arborisk.risk.rules import RuleSet
from arborisk.risk.views import impact_weights
from arborisk.scales import Consequence, FailureLikelihood, ImpactLikelihood, RiskRating

N_CAUSES = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """One combination of words that gives the highest possible rating.

    Attributes:
        finding: Part and condition.
        target: Target.
        failure: Likelihood of failure.
        impact: Likelihood of impact.
        consequences: Consequences.
        chance: Its chance with the words of a range counted alike; for the order only.
    """

    finding: str
    target: str
    failure: FailureLikelihood
    impact: ImpactLikelihood
    consequences: Consequence
    chance: float

    @property
    def text(self) -> str:
        """One line, for example ``trunk, crack: Probable x High x Severe (footpath)``."""
        words = f"{self.failure.word} \N{MULTIPLICATION SIGN} {self.impact.word}"
        last = f"\N{MULTIPLICATION SIGN} {self.consequences.word}"
        return f"{self.finding}: {words} {last} ({self.target})"


def causes_of(assessment: Assessment, rules: RuleSet, rating: RiskRating) -> tuple[Cause, ...]:
    """Combinations that give `rating`, likeliest first, at most `N_CAUSES`.

    Args:
        assessment: What is known.
        rules: Rule set.
        rating: Usually the highest possible one.
    """
    found = []
    for row in assessment.rows:
        weight = np.einsum(
            "f,i,c->fic",
            row.failure.array("equal"),
            impact_weights(row, rules, "equal"),
            row.consequences.array("equal"),
        )
        for failure, impact, consequence in np.argwhere((rules.outcome == rating) & (weight > 0)):
            found.append(
                Cause(
                    row.finding,
                    row.target,
                    FailureLikelihood(int(failure)),
                    ImpactLikelihood(int(impact)),
                    Consequence(int(consequence)),
                    float(weight[failure, impact, consequence]),
                )
            )
    return tuple(sorted(found, key=lambda one: -one.chance)[:N_CAUSES])
