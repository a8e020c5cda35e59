"""Hold-outs and folds that keep trees, sites and copies of one photo on one side."""
