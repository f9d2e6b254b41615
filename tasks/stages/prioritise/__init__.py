"""Ballots, matrix and selection; never a name beside a vote."""
