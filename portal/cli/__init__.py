"""The command « nr »; never a rule."""
