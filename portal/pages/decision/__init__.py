"""What is shown to whoever decides at a gate: its essentials, from the sealed bytes; never the base, never an act."""
