"""One file a group of commands, named like it."""
