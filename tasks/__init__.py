"""The hands: read, render, keep, send; never a rule of the method."""
