"""Is the map to be believed? Sanity checks, faithfulness, stability; one verdict beside every map.

The rule of the verdict stands in `arborisk.explanation.belief.verdict`.
"""

from arborisk.explanation.belief.causes import cause_of, read_drawn_trees
from arborisk.explanation.belief.check import Belief, HeldBack, check_maps, headline
from arborisk.explanation.belief.deals import shuffled_labels
from arborisk.explanation.belief.localisation import DrawnTruth, codes_on_array
from arborisk.explanation.belief.maps import MapMaker
from arborisk.explanation.belief.refit import Embedded, embeddings_of
from arborisk.explanation.belief.verdict import Verdict

__all__ = [
    "Belief",
    "DrawnTruth",
    "Embedded",
    "HeldBack",
    "MapMaker",
    "Verdict",
    "cause_of",
    "check_maps",
    "codes_on_array",
    "embeddings_of",
    "headline",
    "read_drawn_trees",
    "shuffled_labels",
]
