"""Working days in France: Monday to Friday, public holidays left out; a day is the day it is in Paris.

The holidays are those of the whole country (Code du travail, art. L. 3133-1), from the library
« holidays »; those that only Alsace and Moselle keep are working days here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_ONE = timedelta(days=1)
_SATURDAY = 5  # date.weekday()


def paris_time(instant: str) -> datetime:
    """The time it is in Paris at an instant (ISO 8601 with its offset)."""
    return datetime.fromisoformat(instant).astimezone(PARIS)


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
    from holidays import country_holidays  # only now: it takes a tenth of a second

    return frozenset(country_holidays("FR", years=year))
