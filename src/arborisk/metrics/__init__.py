"""Scores of predictions, their intervals over groups, and the baselines they stand beside."""
