"""The hidden sheet of a support, and who filled it."""

from __future__ import annotations

import re

from nr_models.values.text import fold
from tasks.office.columns import AUTHOR_LABEL, MARK_SHEET
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Cell, find_sheet

_GUIDE_ROWS = 60
MAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[A-Za-z]{2,}")


def find_mark(lecture: Lecture) -> dict[str, str]:
    """Keys and values of the hidden sheet; empty when there is none."""
    feuille = find_sheet(lecture.feuilles, MARK_SHEET)
    rows = feuille.lignes if feuille else ()
    pairs = ([Cell(value).line() for value in row[:2]] for row in rows if len(row) >= 2)
    return {key: value for key, value in pairs if key and value}


def find_author(lecture: Lecture) -> str:
    """The person's address, lower case: the mark's, else what is typed beside the label: an address, or a name."""
    return find_mark(lecture).get("personne", "").lower() or _typed_author(lecture)


def _typed_author(lecture: Lecture) -> str:
    label = fold(AUTHOR_LABEL)
    for row in (row for feuille in lecture.feuilles for row in feuille.lignes[:_GUIDE_ROWS] if len(row) > 1):
        texts = [Cell(value).line() for value in row]
        if any(text[:1] == AUTHOR_LABEL[:1] and fold(text).rstrip(" :") == label for text in texts):
            typed = [text.lower() for text in texts if text and fold(text).rstrip(" :") != label]
            return next((text for text in typed if MAIL.fullmatch(text)), typed[0] if typed else "")
    return ""
