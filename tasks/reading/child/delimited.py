"""Read a CSV text: its encoding, its separator, its rows. Runs in the child process only."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus

SEPARATORS = (";", "\t", ",", "|")
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
    if text.startswith(_SYLK):
        return _read_sylk(text)
    rows = _parse(text, _separator(text))
    return _unwrapped(rows) or rows


def _parse(text: str, separator: str) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(rows) >= bounds.ROWS:
                raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.ROWS)} lignes")
            rows.append([cell if cell.strip() else None for cell in row])
    except csv.Error as error:
        raise Refus("fichier-trop-gros", f"une cellule dépasse {bounds.count(bounds.TEXT_CHARS)} caractères") from error
    return rows


def _unwrapped(rows: list[list[str | None]]) -> list[list[str | None]] | None:
    """The rows of a file whose whole lines stand between quotes, « "a;b" »; None for any other."""
    told = [[cell for cell in row if cell is not None] for row in rows]
    lines = [row[0] for row in told if row]
    if len(lines) < 2 or any(len(row) > 1 for row in told):
        return None
    text = "\n".join(lines)
    separator = _separator(text)
    if not all(separator in line for line in lines):
        return None
    return _parse(text, separator)


def _read_sylk(text: str) -> list[list[str | None]]:
    """The cells of a SYLK file: « C;Y2;X1;K"PC" »; a record without row or column keeps the one before."""
    rows: list[list[str | None]] = []
    row = column = 1
    for line in text.splitlines():
        fields = line.replace(";;", "\0").split(";")
        if fields[0] != "C":
            continue
        said = {field[:1]: field[1:].replace("\0", ";") for field in fields[1:] if field}
        row, column = _place(said.get("Y"), row), _place(said.get("X"), column)
        value = said.get("K", "")
        value = value[1:-1] if value[:1] == '"' else value
        if row > bounds.ROWS or column > bounds.COLUMNS:
            raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.ROWS)} lignes")
        rows.extend([] for _ in range(row - len(rows)))
        rows[row - 1].extend([None] * (column - len(rows[row - 1])))
        rows[row - 1][column - 1] = value[: bounds.TEXT_CHARS] if value.strip() else None
    return rows


def _place(typed: str | None, before: int) -> int:
    return max(int(typed), 1) if typed and typed.isdigit() and len(typed) < _LONGEST_PLACE else before


def _decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with a BOM, else the old encoding in which the text has most French letters."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    read = [text for encoding in _OLD if (text := _try(content, encoding)) is not None]
    if not read:
        raise Refus("fichier-illisible", "ce n’est pas du texte")
    return max(read, key=lambda text: sum(text.count(letter) for letter in _LETTERS))


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


_OLD = ("cp1252", "mac_roman", "cp850")
"""Windows, Macintosh, DOS: the first of equal ones."""
_LETTERS = "éèêàçùôîâëïûÉÈÀÇ"
_SYLK = "ID;"
_LONGEST_PLACE = 7


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
