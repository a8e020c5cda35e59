"""The hand-over: a model in a folder that anyone may open safely and that needs no torch.

Reading a bundle runs no code of its maker: there is no pickle, every file is checked against its
hash and a size limit, and the network may use nothing but standard operators and its own bytes.
The hashes show damage and mix-ups; they do not show who made the bundle. What remains: a network
may be wrong on purpose, or made to take much memory or time on its first run.
"""
