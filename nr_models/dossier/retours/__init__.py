"""What was asked of people, what came back and counts, what is owed; never how a file is read."""
