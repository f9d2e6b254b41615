"""Hostile files to cells, tables and fields, each with its place; never what a stage makes of them."""
