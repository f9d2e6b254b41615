"""Every document to read on paper or in a word processor. Values in, bytes out."""
