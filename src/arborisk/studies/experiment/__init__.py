"""A grid of runs on the same photos and the same splits, with what they need made once."""
