"""Is the map to be believed? Sanity checks, faithfulness, stability; one verdict beside every map.

The rule of the verdict stands in `arborisk.explanation.belief.check`.
"""
