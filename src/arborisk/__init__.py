"""Likelihood of tree failure from ground photographs, honestly measured."""

from arborisk.former import install as _find_former_names

__version__ = "0.1.0"

_find_former_names()
