"""Why a trained network says what it says, and whether that can be believed. Needs torch.

Nothing here says that a tree will fail or stand: it is about the network.
"""
