"""Where a failing tree may fall: lines, roads and buildings within its reach.

Near wires: treat as energised; keep clear; qualified line-clearance arborist only.
"""
