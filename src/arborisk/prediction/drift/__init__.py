"""Are new photos still like those that a model learnt from? Tests over whole groups, and sizes."""
