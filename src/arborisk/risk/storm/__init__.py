"""Storms over an inventory: fragility, a year of the site's weather, expected failures.

Quasi-static mechanics with everything uncertain that nobody measured. The numbers are those of the
stated assumptions, not of trees that were seen to fail.
"""
