"""Dates and counts in the words people read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from nr_models.periode import french_date

PARIS = ZoneInfo("Europe/Paris")


def french_day(instant: str) -> str:
    """« 12 mai 2026 », the day it was in Paris at an ISO instant."""
    return french_date(datetime.fromisoformat(instant).astimezone(PARIS).date())


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 dossier », « 3 dossiers »; zero is singular in French."""
    return f"{count} {one if abs(count) < 2 else many or one + 's'}"
