"""Many trees: ratings of an inventory, options, a plan under a budget, and the work list."""
