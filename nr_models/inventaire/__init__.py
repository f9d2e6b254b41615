"""The park: lines, indicators, carbon, and what moved between two inventories; never a cell or a file."""
