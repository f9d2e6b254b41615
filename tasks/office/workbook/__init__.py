"""Workbooks: sheets, cells, styles, guide; never what a stage says."""
