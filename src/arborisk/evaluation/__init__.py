"""Scores of a run beside its baselines, and the honest words for them."""
