"""Operating limits of reading: what a returned file may cost us. None is a figure of the method."""

from __future__ import annotations

MEGABYTE = 1024 * 1024
FILE_BYTES = 10 * MEGABYTE
UNPACKED_BYTES = 100 * MEGABYTE
RATIO = 200
"""Unpacked over packed, of the whole archive and of each entry above ``RATIO_FLOOR_BYTES``."""
RATIO_FLOOR_BYTES = MEGABYTE
ENTRIES = 2_000

SHEETS = 200
ROWS = 200_000
COLUMNS = 200
CELLS = 2_000_000
"""Cells kept, all sheets together."""
AREA = 8_000_000
"""Cells of the rectangle that a sheet spans, empty ones included."""
TEXT_CHARS = 32_767
"""The longest text that a spreadsheet cell holds."""
ANSWER_BYTES = 64 * MEGABYTE
FORMULA_ERRORS = 200
MARKED_BYTES = 4 * MEGABYTE
"""Largest part looked at for colours and notes: our forms are far under, an export of machines has none to say."""
MARKS = 5_000
"""Marks kept of a sheet."""
MERGED = 20_000
"""Merged ranges kept of a sheet."""

MEMORY_BYTES = 512 * MEGABYTE
CPU_SECONDS = 10
WALL_SECONDS = 15
GRACE_SECONDS = 2
"""What we wait beyond the wall limit before ending the reader's parent too."""
TOGETHER = 4
"""Files read at the same time by one process."""


def count(number: int) -> str:
    """A number as French people read it: « 200 000 »."""
    return f"{number:,}".replace(",", "\u00a0")


class Refus(Exception):
    """A file that must not be read further: the code of an anomaly, and what was seen, in French."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
