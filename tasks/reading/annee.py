"""The year that a cell says: as a year, a date, or a date in words. Only the year matters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.dates import read_echeance
from nr_models.values.text import fold
from tasks.reading.parsed import Pointage
from tasks.reading.table import Cell

FIRST_YEAR = 1970
"""Before it, no equipment of an inventory was bought: a bound against typing mistakes."""
YEARS_AHEAD = 5
"""How far beyond the référentiel's own date a year may be."""
_CENTURY_PIVOT = 70
_EPOCH = date(1899, 12, 30)
"""The day from which spreadsheets count."""
_SERIALS = range(25_569, 62_000)
_LAST_TYPED = 2100
_ABOUT_CHARS = 30
_FULL_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\D?.*")
_NO_DATE = re.compile(
    r"(?:00?[/.-]00?[/.-]0{2,4}|0{4}-00-00.*|1970-01-01.*|0?1[/.-]0?1[/.-]1970.*|1900-01-0\d.*|1899-1\d-\d\d.*|0?1/0?1/1900.*|0|-+|/+|\?+|"
    r"n/?a|nc|n\.c\.?|nd|inconnue?s?|unknown|non connue?|non renseignee?|none|null|neant|sans|never)"
)
"""What tools and people write where there is no date."""
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


def read_year(
    cell: Cell,
    referentiel: Referentiel,
    releve: Pointage,
    order: Order = "jour",
    supposed: list[str] | None = None,
) -> int | None:
    """The year, or None: a blank cell, or one that says no plausible year, which is noted.

    What says about when (« avant 2015 », « 2018-2020 ») gives a year to confirm: noted, and added to ``supposed``.
    """
    text = cell.line()
    if not text or _NO_DATE.fullmatch(fold(text)):
        return None
    year = _exact(text)
    if year is None:
        found = _dated(text, order)
        if found is None and (about := _about(fold(text))) is not None:
            releve.note(cell, "annee-a-confirmer", str(about))
            if supposed is not None:
                supposed.append(f"année d’après « {text} »")
            found = about
        if found is None:
            releve.note(cell, "date-invalide", "la date d’achat ou l’année")
            return None
        year = found
    if not FIRST_YEAR <= year <= referentiel.date.year + YEARS_AHEAD:
        releve.note(cell, "annee-invalide")
        return None
    return year


def _exact(text: str) -> int | None:
    """The year of a bare number: a year, « 2020.0 », the number by which a spreadsheet keeps a day; -1 for another."""
    if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", text):
        return None
    whole, _, decimals = text.replace(",", ".").partition(".")
    if decimals.strip("0") or not whole.isdigit():
        return -1
    number = int(whole)
    if len(whole) == 5 and number in _SERIALS:
        return (_EPOCH + timedelta(days=number)).year
    return number if len(whole) <= 4 else -1


def _about(text: str) -> int | None:
    """The year of what says it about: the middle of two, the year before « avant », the one year that a text names."""
    if _FULL_DATE.fullmatch(text):
        return None  # a day that does not exist says no year for sure
    years = [int(item) for item in re.findall(r"(?<!\d)(19[7-9]\d|20\d\d)(?!\d)", text)]
    if len(years) == 2:
        return sum(sorted(years)) // 2
    if len(years) != 1 or len(text) > _ABOUT_CHARS:
        return None
    return years[0] - 1 if re.search(r"\b(avant|ante|<|before)\b|^<", text) else years[0]


def _dated(text: str, order: Order) -> int | None:
    if match := _REVERSED.fullmatch(text):
        if match[1] == "1905":  # a year typed in a cell that shows dates: 2020 is shown as a day of July 1905
            typed = (date(1905, int(match[2]), int(match[3])) - _EPOCH).days
            return typed if FIRST_YEAR <= typed <= _LAST_TYPED else None
        return _year(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(text):
        day, month = (int(match[1]), int(match[2])) if order == "jour" else (int(match[2]), int(match[1]))
        return _year(_full(match[3]), month, day)
    if match := re.fullmatch(r"([a-z]{3,9})\.?[ -/](\d{2})", fold(text)):
        return _full(match[2]) if read_echeance(f"{match[1]} 2000", "debut") else None
    if len(set(re.findall(r"(?<!\d)(?:19[7-9]\d|20\d\d)(?!\d)", text))) > 1:
        return None  # « 2018-2020 » says no year: a period has one to suppose, and to say
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
