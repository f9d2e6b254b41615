"""Working days in France: Monday to Friday, public holidays left out; a day is the day it is in Paris.

The holidays are the eleven of the whole country (Code du travail, art. L. 3133-1, as of 2026-11-25);
those that only Alsace and Moselle keep are working days here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter

PARIS = ZoneInfo("Europe/Paris")
_ONE = timedelta(days=1)
_SATURDAY = 5  # date.weekday()
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
"""Month and day of the holidays that do not move."""
_AFTER_EASTER = (1, 39, 50)
"""Days from Easter to its Monday, to Ascension Day, and to Whit Monday."""


def paris_time(instant: str) -> datetime:
    """The time it is in Paris at an instant (ISO 8601 with its offset)."""
    return datetime.fromisoformat(instant).astimezone(PARIS)


@lru_cache(maxsize=4096)
def paris_day(instant: str) -> date:
    """The day it is in Paris at an instant (ISO 8601 with its offset)."""
    return paris_time(instant).date()


def is_working(day: date) -> bool:
    """True from Monday to Friday, public holidays left out."""
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=4096)
def add_working_days(day: date, count: int) -> date:
    """The day that comes ``count`` working days later, or earlier when negative; the day itself for 0."""
    step = _ONE if count > 0 else -_ONE
    for _ in range(abs(count)):
        day += step
        while not is_working(day):
            day += step
    return day


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    moving = (easter(year) + timedelta(days=count) for count in _AFTER_EASTER)
    return frozenset((*(date(year, month, day) for month, day in _FIXED), *moving))
