"""Decks: pages, tables, native charts, measured text; never what a stage says."""
