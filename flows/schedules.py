"""What « nr serve » does by the clock, in one table; hours are those of Paris."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim

from flows.engine import Moteur
from flows.reconciler import reconcile
from flows.visiting import CRON, refresh_due
from tasks.outbox import enqueue, forget_done
from tasks.programmes import list_programmes
from tasks.reminders import enqueue_digests, enqueue_reminders
from tasks.workspace import Workspace

HORAIRE = "horaire"
"""The kind of outbox row of a tick; its payload: ``nom``, a name of ``SCHEDULES``."""

PARIS = ZoneInfo("Europe/Paris")
_KEPT = timedelta(days=7)
_MINUTE = timedelta(minutes=1)


class Horaire(NamedTuple):
    """Something done by the clock: its name, when (cron), how late it is still worth doing, and what."""

    nom: str
    cron: str
    retard_max: timedelta
    act: Callable[[Workspace, Moteur], None]


def _reconcile(workspace: Workspace, moteur: Moteur) -> None:
    with workspace.reading() as session:
        programmes = list_programmes(session)
    reconcile(workspace, programmes, moteur)


def _remind(workspace: Workspace, _moteur: Moteur) -> None:
    enqueue_reminders(workspace)


def _digest(workspace: Workspace, _moteur: Moteur) -> None:
    enqueue_digests(workspace)


def _refresh(workspace: Workspace, _moteur: Moteur) -> None:
    refresh_due(workspace, datetime.now(UTC))


SCHEDULES: tuple[Horaire, ...] = (
    Horaire("reconciliation", "*/10 * * * *", timedelta(hours=1), _reconcile),
    Horaire("releves", CRON, timedelta(hours=1), _refresh),  # the sources whose own cron is due
    Horaire("relances", "5 * * * *", timedelta(hours=1), _remind),  # the rule keeps the quiet hours
    Horaire("resume", "0 8 * * 1", timedelta(days=2), _digest),
)

BY_NAME = {item.nom: item for item in SCHEDULES}


def find_tick(cron: str, now: datetime) -> datetime:
    """The last time, at or before ``now``, that the clock of Paris met a cron expression."""
    local = (now + _MINUTE).astimezone(PARIS).replace(second=0, microsecond=0)
    return next(CronSim(cron, local, reverse=True))


def enqueue_ticks(workspace: Workspace, instant: str) -> None:
    """Ask for what the clock asks for at an instant: each tick once; of several missed, the last alone."""
    now = datetime.fromisoformat(instant)
    with workspace.writing() as session:
        for item in SCHEDULES:
            tick = find_tick(item.cron, now)
            if now - tick <= item.retard_max:
                key = f"{HORAIRE}:{item.nom}:{tick.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
                enqueue(session, HORAIRE, key, {"nom": item.nom})
        forget_done(session, HORAIRE, f"{now - _KEPT:%Y-%m-%dT%H:%M:%SZ}")
