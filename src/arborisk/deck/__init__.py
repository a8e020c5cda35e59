"""The wing for students: back-propagation by hand, Model 1 layer by layer, the deck's results."""
