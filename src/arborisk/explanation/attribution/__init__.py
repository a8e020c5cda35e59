"""Where a network looks: maps over a photo, by several methods that can check each other.

What each can and cannot say stands in docs/where-it-looks.md.
"""
