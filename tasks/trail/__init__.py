"""The chained trail, its heads, the evidence pack and its verifier; never an act."""
