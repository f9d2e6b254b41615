"""What the commands share and say; never a command."""
