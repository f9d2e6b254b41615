"""The year that a cell says: as a year, a date, or a date in words. Only the year matters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values import periodes
from nr_models.values.periodes import Ordre
from tasks.reading.parsed import Pointage
from tasks.reading.table import Cell

FIRST_YEAR = 1970
"""Before it, no equipment of an inventory was bought: a bound against typing mistakes."""
YEARS_AHEAD = 5
"""How far beyond the référentiel's own date a year may be."""

Order = Ordre


def decide_order(cells: Iterable[Cell]) -> Order:
    """Whether the dates of a column start with the day or with the month; the day, as in French, if unsure."""
    return periodes.decide_order(cell.valeur for cell in cells)


def is_ambiguous(cells: Iterable[Cell]) -> bool:
    """True when nothing in a column of dates tells the day from the month."""
    return periodes.is_ambiguous(cell.valeur for cell in cells)


def read_year(cell: Cell, referentiel: Referentiel, releve: Pointage, order: Order = "jour") -> int | None:
    """The year, or None: a blank cell, or one that says no plausible year, which is noted."""
    if re.fullmatch(r"[+-]?\d+", cell.line()) and periodes.read_period(cell.valeur) is None:
        releve.note(cell, "annee-invalide")
        return None
    read = releve.period(cell, "la date d’achat ou l’année", order)
    if read is None:
        return None
    if not FIRST_YEAR <= read.annee <= referentiel.date.year + YEARS_AHEAD:
        releve.note(cell, "annee-invalide")
        return None
    return read.annee
