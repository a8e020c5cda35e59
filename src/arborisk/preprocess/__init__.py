"""The only definition of photo -> array: crop, cubic resampling, grey or RGB, scaling; cached."""
