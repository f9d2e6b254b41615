"""Measures, as ratios taken in one run; no test depends on them."""
