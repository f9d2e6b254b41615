"""The year that a cell says: as a year, a date, or a date in words. Only the year matters."""

from __future__ import annotations

import re

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.periodes import Ordre, is_zero_day, read_period
from nr_models.values.text import fold
from tasks.reading.parsed import Pointage
from tasks.reading.table import Cell

FIRST_YEAR = 1970
"""Before it, no equipment of an inventory was bought: a bound against typing mistakes."""
YEARS_AHEAD = 5
"""How far beyond the référentiel's own date a year may be."""
_ABOUT_CHARS = 30
_FULL_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\D?.*")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_NO_DATE = re.compile(
    r"(?:00?[/.-]00?[/.-]0{2,4}|0{4}-00-00.*|0?1[/.-]0?1[/.-]1970.*|1900-01-0\d.*|1899-1\d-\d\d.*|0?1/0?1/1900.*"
    r"|0|-+|/+|\?+|"
    r"n/?a|nc|n\.c\.?|nd|inconnue?s?|unknown|non connue?|non renseignee?|none|null|neant|sans|never)"
)
"""What tools and people write where there is no date."""


def read_year(
    cell: Cell,
    referentiel: Referentiel,
    releve: Pointage,
    order: Ordre = "jour",
    supposed: list[str] | None = None,
) -> int | None:
    """The year, or None: a blank cell, or one that says no plausible year, which is noted.

    What says about when (« avant 2015 », « 2018-2020 ») gives a year to confirm: noted, and added to ``supposed``.
    """
    text = cell.line()
    if not text or is_zero_day(text) or _NO_DATE.fullmatch(fold(text)):
        return None
    found = read_period(text, order)
    year = found.annee if found else _named(fold(text))
    if year is None:
        releve.note(
            cell, "annee-invalide" if _NUMBER.fullmatch(text) else "date-invalide", "la date d’achat ou l’année"
        )
        return None
    if found is None or not found.annee_sure:
        releve.note(cell, "annee-a-confirmer", str(year))
        if supposed is not None:
            supposed.append(f"année d’après « {text} »")
    if not FIRST_YEAR <= year <= referentiel.date.year + YEARS_AHEAD:
        releve.note(cell, "annee-invalide")
        return None
    return year


def _named(text: str) -> int | None:
    """The year of what is no date but says about it: the middle of two, the one year that a text names."""
    if _FULL_DATE.fullmatch(text) or _NUMBER.fullmatch(text):
        return None  # a day that does not exist says no year for sure
    years = [int(item) for item in re.findall(r"(?<!\d)(19[7-9]\d|20\d\d)(?!\d)", text)]
    if len(years) == 2:
        return sum(sorted(years)) // 2
    if len(years) != 1 or len(text) > _ABOUT_CHARS:
        return None
    return years[0] - 1 if re.search(r"\b(avant|ante|before)\b|^<", text) else years[0]
