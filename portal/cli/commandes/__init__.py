"""One file a group of commands, named like it; never what two of them share."""
