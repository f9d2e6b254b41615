"""What is written to people, when, and sent; never decided here."""
