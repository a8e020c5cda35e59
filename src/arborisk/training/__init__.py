"""Fitting: a whole network by gradient descent, or a linear head on frozen embeddings.

Importing this package is light; torch is loaded when a fit begins.
"""
