"""Does the network have a direction for dead wood, lean, sky, wires, and does it use it?

Concept vectors (TCAV). Directions come from drawn trees, with and without the concept, or from
folders of photos; random directions made from the same pictures are the control.
"""
