"""The joiners: data, split, model and evaluation become a run folder with its report."""
