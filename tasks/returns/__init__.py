"""What came back: recognised, kept, owed, and given back to correct; never what a stage makes of it."""
