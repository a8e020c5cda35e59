"""How the score follows what is seen: over photos as they are, and in drawn trees that are changed.

Light to import: torch is loaded only for a model that has no bundle.
"""

from arborisk.explanation.responses.factors import FACTORS, Factor
from arborisk.explanation.responses.intervene import interventions
from arborisk.explanation.responses.partial import Dependence, MeasureEffect, dependence
from arborisk.explanation.responses.records import FactorResponse, Interventions
from arborisk.explanation.responses.verdicts import RULES, FactorSummary, Verdict, summarise
from arborisk.explanation.responses.words import Sentences, dependence_sentences, sentences

__all__ = [
    "FACTORS",
    "RULES",
    "Dependence",
    "Factor",
    "FactorResponse",
    "FactorSummary",
    "Interventions",
    "MeasureEffect",
    "Sentences",
    "Verdict",
    "dependence",
    "dependence_sentences",
    "interventions",
    "sentences",
    "summarise",
]
