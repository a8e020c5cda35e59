"""Likelihood of tree failure from ground photographs, honestly measured."""

__version__ = "0.1.0"
