"""Decks: what each stage shows on a screen, as PowerPoint files with native charts and tables."""
