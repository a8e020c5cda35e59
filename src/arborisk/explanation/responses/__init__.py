"""How the score follows what is seen: over photos as they are, and in drawn trees that are changed.

Light to import: torch is loaded only for a model that has no bundle.
"""
