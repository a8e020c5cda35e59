"""Why a model said what it said of photos: maps, parts, measures, and what it learnt from."""
