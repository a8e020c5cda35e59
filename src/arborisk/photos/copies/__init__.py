"""Copies of one photo, found by local features: crops, turns, mirroring, stretches, frames.

Two stages. Features of all photos are sorted into words, and photos that share rare words are
candidates. Each pair of candidates is then checked: an affine map must carry features of the one
onto those of the other, and the pixels that the map lays on each other must agree. What all
pictures share (a frame, a caption, black corners) is taken off first. See docs/copies.md.
"""
