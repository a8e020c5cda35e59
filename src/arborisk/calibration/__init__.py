"""From what a model said of trees it had not seen to what may be promised of its next answers.

NumPy only: the same arithmetic runs where a model is made and where it is used. The unit of all
promises is the group (tree, site, near-duplicate cluster): a new photo is taken to come from a new
group that could as well have been one of those held back. Where that breaks (another town, another
camera, another season), no promise here holds.
"""
