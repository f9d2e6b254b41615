"""How high a row must be for its text to show: spreadsheets do not all work it out when they open."""

from __future__ import annotations

from collections.abc import Iterable

_INDENT = 2  # characters
_LETTERS_PER_DIGIT = 1.1  # widths are in digits, and letters are narrower
_LEADING = 1.3  # height of a line, in sizes of its font
_PADDING_POINTS = 4
_HIGHEST_POINTS = 409  # what a row may measure


def count_lines(text: str, width: int) -> int:
    """Lines that a text takes in a column of ``width`` digits, its indent taken off."""
    room = max(int((width - _INDENT) * _LETTERS_PER_DIGIT), 1)
    return sum(max(1, -(-len(line) // room)) for line in text.split("\n"))


def row_height(cells: Iterable[tuple[str, int]], size: float) -> float:
    """Height in points of a row of (text, width of its column) at a font size in points."""
    lines = max((count_lines(text, width) for text, width in cells), default=1)
    return min(lines * size * _LEADING + _PADDING_POINTS, _HIGHEST_POINTS)
