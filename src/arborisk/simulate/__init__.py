"""Drawn trees: stands whose failure likelihood follows from mechanics, and their pictures."""
