"""Does the network have a direction for dead wood, lean, sky, wires, and does it use it?

Concept vectors (TCAV). Directions come from drawn trees, with and without the concept, or from
folders of photos; random directions made from the same pictures are the control.
"""

from arborisk.explanation.concepts.record import ConceptFinding, Concepts, ConceptSet
from arborisk.explanation.concepts.sets import drawn_concepts, folder_concept
from arborisk.explanation.concepts.testing import concept_tests

__all__ = [
    "ConceptFinding",
    "ConceptSet",
    "Concepts",
    "concept_tests",
    "drawn_concepts",
    "folder_concept",
]
