"""The documents made from the code; never read by a flow."""
