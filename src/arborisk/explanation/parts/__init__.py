"""What each pixel of a photo shows: sky, crown, bare wood, stem, ground, built, trees behind.

From a small head on the features of pretrained networks; see docs/parts.md for how well it tells
them apart, on drawn and on real photos left out.
"""
