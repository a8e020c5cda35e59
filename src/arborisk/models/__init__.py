"""Networks by name: Model 1 of the deck, and a frozen ImageNet backbone with a linear head.

Importing this package is light; torch is loaded when a network is built.
"""
