"""The case: who is in it, its states, gates, powers, deadlines and journal; never a figure of the method."""
