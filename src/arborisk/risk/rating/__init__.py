"""The rating of one tree: what is stated, the published matrices, what follows, in words."""
