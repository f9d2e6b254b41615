"""Deadlines and reminders of a gate: when it is due, whom to tell and when. Silence never approves.

The ladder and the quiet hours are data of the circuit of validations. Times are those of Paris.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, datetime, time, timedelta

from nr_models.referentiel.circuit import Calme, Palier
from nr_models.values.days import PARIS, add_working_days, is_working, paris_day, paris_time
from nr_models.values.frozen import Frozen


class PalierDu(Frozen):
    """A step of the ladder that is due: its slug, the roles to tell (none: those who are awaited), its day."""

    palier: str
    roles: tuple[str, ...]
    jour: date

    @property
    def escalade(self) -> bool:
        """True when it goes to others than those who are awaited."""
        return bool(self.roles)


def find_echeance(opened_at: str, jours_ouvres: int) -> date:
    """The last day to decide: that many working days after the day the gate opened."""
    return add_working_days(paris_day(opened_at), jours_ouvres)


def is_late(opened_at: str, jours_ouvres: int, now: str) -> bool:
    """True from the day after the last day to decide."""
    return is_past(find_echeance(opened_at, jours_ouvres), now)


def is_past(echeance: date, now: str) -> bool:
    """True from the day after a last day."""
    return paris_day(now) > echeance


def plan_relances(
    opened_at: str, jours_ouvres: int, paliers: Sequence[Palier], calme: Calme | None, sent: Set[str], now: str
) -> tuple[PalierDu, ...]:
    """The reminders to send now for an open gate; none during quiet hours.

    Of the steps whose day has come, one a public at most, the latest: after a long silence of the
    software nobody gets the whole ladder at once. A step is not sent after a later one of its public.
    A step that would fall on the opening day or before is left out. ``sent`` holds the slugs already sent.
    """
    if is_quiet(now, calme):
        return ()
    due: dict[tuple[str, ...], PalierDu] = {}
    for step in _ladder(opened_at, jours_ouvres, paliers):
        if step.jour <= paris_day(now):
            due[step.roles] = step
    return tuple(step for step in due.values() if step.palier not in sent)


def is_quiet(now: str, calme: Calme | None) -> bool:
    """True in the evening, at night, at weekends and on public holidays; never when no hours are set."""
    if calme is None:
        return False
    moment = paris_time(now)
    return not (is_working(moment.date()) and calme.matin <= moment.hour < calme.soir)


def find_wake(now: str, calme: Calme | None) -> str:
    """The first instant, from now on, when a mail may leave (ISO 8601, UTC); now itself outside quiet hours."""
    if calme is None or not is_quiet(now, calme):
        return now
    moment = paris_time(now)
    day = moment.date()
    if moment.hour >= calme.soir or not is_working(day):
        day = add_working_days(day, 1)
    morning = datetime.combine(day, time(calme.matin), PARIS)
    return (morning - (morning.utcoffset() or timedelta())).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ladder(opened_at: str, jours_ouvres: int, paliers: Sequence[Palier]) -> list[PalierDu]:
    """The steps with their day, in order of days."""
    opened, last = paris_day(opened_at), find_echeance(opened_at, jours_ouvres)
    steps = [PalierDu(palier=item.slug, roles=item.roles, jour=add_working_days(last, item.jours)) for item in paliers]
    return sorted((step for step in steps if step.jour > opened), key=lambda step: step.jour)
