"""The order: in which order one advances, and where one waits; never a calculation."""
