"""Wind load, stem and root strength, decayed sections and critical gusts: pure functions, SI units.

Everything takes and gives NumPy arrays that broadcast. The formulas come from forest models
(ForestGALES, HWIND); trees grown in the open are outside their calibration.
"""
