"""What the collection takes back, cell by cell; never what is made of it."""
