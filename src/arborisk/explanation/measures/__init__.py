"""Physical measures of a tree from the parts of one photo. Works without torch.

Each has an interval, or says why it cannot be measured. Lengths are shares of the tree's height in
the picture: a photo has no scale. Nothing here is a rating.
"""
