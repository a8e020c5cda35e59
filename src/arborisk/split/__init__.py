"""Hold-outs and folds that keep trees, sites and copies of one photo on one side."""

from __future__ import annotations

from arborisk.split.deck import make_deck_holdout
from arborisk.split.describe import describe
from arborisk.split.files import read_split, write_split
from arborisk.split.groups import group_photos, link_notes
from arborisk.split.inner import inner_folds
from arborisk.split.leaky import copies_of, make_leaky_split
from arborisk.split.make import make_folds, make_holdout
from arborisk.split.plan import Round, Split

__all__ = [
    "Round",
    "Split",
    "copies_of",
    "describe",
    "group_photos",
    "inner_folds",
    "link_notes",
    "make_deck_holdout",
    "make_folds",
    "make_holdout",
    "make_leaky_split",
    "read_split",
    "write_split",
]
