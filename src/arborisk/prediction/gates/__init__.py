"""Is this photo fit to be judged? Gates on light, sharpness, content and likeness to training."""
