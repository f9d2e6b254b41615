"""What is in force of each stage, read from the base, and what a version at its gate changes; never an act."""
