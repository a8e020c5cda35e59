"""From a likelihood of failure to a rating, a probability, and a work list.

A photo gives a likelihood at most. Ratings need a target, its occupancy and the consequences, from
a person; what is missing widens the answer to a range of words and has no default.
"""
