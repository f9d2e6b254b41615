"""Dates and counts in the words people read."""

from __future__ import annotations

from nr_models.values.dates import french_date
from nr_models.values.days import PARIS as PARIS
from nr_models.values.days import paris_day
from nr_models.values.text import fold


def french_day(instant: str) -> str:
    """« 12 mai 2026 », the day it was in Paris at an ISO instant."""
    return french_date(paris_day(instant))


def of(nom: str) -> str:
    """« de Zoé Petit », « d’Anne Roy »: elided before a vowel."""
    return f"d’{nom}" if fold(nom)[:1] in {*"aeiouy"} else f"de {nom}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 dossier », « 3 dossiers »; zero is singular in French."""
    return f"{count} {one if abs(count) < 2 else many or one + 's'}"
