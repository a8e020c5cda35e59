"""Does a model read something else than the tree: border, stamp, background, camera, dead wood?

Each test is small, has a figure with an interval over groups beside what chance gives, and a stated
limit beyond which it speaks. Not finding a shortcut does not show that there is none.
"""
