"""Read a CSV text: its encoding, its separator, its rows. Runs in the child process only."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus

SEPARATORS = (";", "\t", ",")
_SAMPLE_LINES = 30
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|svg)", re.IGNORECASE)


def read_delimited(content: bytes) -> list[list[str | None]]:
    """The rows of a CSV, blank cells as None. Raises ``Refus`` when it is no text."""
    text = _decode(content)
    if _CONTROL.search(text):
        raise Refus("fichier-illisible", "ce n’est pas du texte")
    if _MARKUP.match(text):
        raise Refus("fichier-illisible", "c’est une page web ou un document XML")
    csv.field_size_limit(bounds.TEXT_CHARS)
    rows: list[list[str | None]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)):
            if len(rows) >= bounds.ROWS:
                raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.ROWS)} lignes")
            rows.append([cell if cell.strip() else None for cell in row])
    except csv.Error as error:
        raise Refus("fichier-trop-gros", f"une cellule dépasse {bounds.count(bounds.TEXT_CHARS)} caractères") from error
    return rows


def _decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with a BOM, else Windows-1252."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Refus("fichier-illisible", "ce n’est pas du texte") from error


def _separator(text: str) -> str:
    """The separator under which most lines of the start have the same number of cells."""
    sample = text[: 64 * 1024].splitlines()[:_SAMPLE_LINES]
    return max(SEPARATORS, key=lambda separator: _regularity(sample, separator))


def _regularity(lines: list[str], separator: str) -> tuple[int, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1)
    except csv.Error:
        return 0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return count, width
