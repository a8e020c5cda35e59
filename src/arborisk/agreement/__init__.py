"""How far raters agree, what they agree on, and the model as one more of them."""

from arborisk.agreement.export import as_json, write_consensus
from arborisk.agreement.measure import Agreement, compare_raters, measure_agreement
from arborisk.agreement.ratings import Ratings
from arborisk.agreement.reading import ReadingOptions, read_ratings
from arborisk.agreement.sentences import headline
from arborisk.agreement.shares import consensus_shares
from arborisk.agreement.text import sections

__all__ = [
    "Agreement",
    "Ratings",
    "ReadingOptions",
    "as_json",
    "compare_raters",
    "consensus_shares",
    "headline",
    "measure_agreement",
    "read_ratings",
    "sections",
    "write_consensus",
]
