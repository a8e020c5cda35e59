"""One voice: numbers, shares, intervals, counts and the sentences that are the same everywhere."""
