"""What a trained model uses, what it ignores, and where it disagrees with physics: one report."""
