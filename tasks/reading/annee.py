"""The year that a cell says: as a year, a date, or a date in words. Only the year matters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.dates import read_echeance
from tasks.reading.parsed import Pointage
from tasks.reading.table import Cell

FIRST_YEAR = 1970
"""Before it, no equipment of an inventory was bought: a bound against typing mistakes."""
YEARS_AHEAD = 5
"""How far beyond the référentiel's own date a year may be."""
_CENTURY_PIVOT = 70
_MONTHS = 12

Order = Literal["jour", "mois"]

_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T].*)?")
_REVERSED = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T].*)?")


def decide_order(cells: Iterable[Cell]) -> Order:
    """Whether the dates of a column start with the day or with the month; the day, as in French, if unsure."""
    pairs = _pairs(cells)
    day_first = sum(first > _MONTHS for first, _ in pairs)
    month_first = sum(second > _MONTHS for _, second in pairs)
    return "mois" if month_first > day_first else "jour"


def is_ambiguous(cells: Iterable[Cell]) -> bool:
    """True when nothing in a column of dates tells the day from the month."""
    pairs = _pairs(cells)
    return any(first != second for first, second in pairs) and all(max(pair) <= _MONTHS for pair in pairs)


def _pairs(cells: Iterable[Cell]) -> set[tuple[int, int]]:
    texts = {cell.valeur for cell in cells if isinstance(cell.valeur, str)}
    return {(int(match[1]), int(match[2])) for text in texts if (match := _NUMERIC.fullmatch(Cell(text).line()))}


def read_year(cell: Cell, referentiel: Referentiel, releve: Pointage, order: Order = "jour") -> int | None:
    """The year, or None: a blank cell, or one that says no plausible year, which is noted."""
    text = cell.line()
    if not text:
        return None
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?", text):
        year = int(text) if text.isdigit() and len(text) <= 4 else -1
    else:
        found = _dated(text, order)
        if found is None:
            releve.note(cell, "date-invalide", "la date d’achat ou l’année")
            return None
        year = found
    if not FIRST_YEAR <= year <= referentiel.date.year + YEARS_AHEAD:
        releve.note(cell, "annee-invalide")
        return None
    return year


def _dated(text: str, order: Order) -> int | None:
    if match := _REVERSED.fullmatch(text):
        return _year(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(text):
        day, month = (int(match[1]), int(match[2])) if order == "jour" else (int(match[2]), int(match[1]))
        return _year(_full(match[3]), month, day)
    read = read_echeance(text, "debut")
    return read.jour.year if read and read.jour else None


def _full(year: str) -> int:
    """« 19 » is 2019, « 98 » is 1998."""
    number = int(year)
    if len(year) == 4:
        return number
    return number + (2000 if number < _CENTURY_PIVOT else 1900)


def _year(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).year
    except ValueError:
        return None
