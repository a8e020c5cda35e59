"""From photos and ratings to one checked table."""
