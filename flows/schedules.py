"""What « nr servir » does by the clock, in one table; hours are those of Paris."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim

from flows.engine.start import Moteur
from flows.reconciler import reconcile
from flows.sources import CRON, refresh_due
from nr_models.inventaire.refresh import EtatCandidat
from tasks.mail.reminders import enqueue_digests, enqueue_reminders, enqueue_returns
from tasks.portee.reconnaissance.menage import forget_past
from tasks.programme.programmes import cle, list_dossiers, list_programmes
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue, forget_done
from tasks.store.workspace import Workspace
from tasks.trail.heads import write_heads

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
    with workspace.reading() as session:
        programmes = list_programmes(session)
    for programme in programmes:
        enqueue_returns(workspace, programme)


class SansJeton(Exception):
    """The time-stamping authority gave no token; the message says it in French."""


def _heads(workspace: Workspace, _moteur: Moteur) -> None:
    """Write the heads. Raises ``SansJeton``: the runner notes it, and asks the authority again."""
    if erreur := write_heads(workspace, now()).erreur:
        raise SansJeton(erreur)


def _digest(workspace: Workspace, _moteur: Moteur) -> None:
    enqueue_digests(workspace)


def _tidy(workspace: Workspace, _moteur: Moteur) -> None:
    forget_past(workspace)


def _refresh(workspace: Workspace, _moteur: Moteur) -> None:
    """Visit the sources due; what came into force is taken further, like an act of a person."""
    moment = datetime.now(UTC)
    moved = {item.dossier for item in refresh_due(workspace, moment) if item.etat is EtatCandidat.EN_VIGUEUR}
    with workspace.writing() as session:
        for programme in list_programmes(session):
            for dossier in list_dossiers(session, programme):
                if dossier.slug in moved:
                    name = cle(programme, dossier)
                    enqueue(
                        session,
                        Consigne.AVANCER,
                        f"{Consigne.AVANCER}:{name}:releve-{moment:%Y-%m-%dT%H:%MZ}",
                        {"dossier": name},
                    )


SCHEDULES: tuple[Horaire, ...] = (
    Horaire("reconciliation", "*/10 * * * *", timedelta(hours=1), _reconcile),
    Horaire("releves", CRON, timedelta(hours=1), _refresh),  # the sources whose own cron is due
    Horaire("relances", "5 * * * *", timedelta(hours=1), _remind),  # the rule keeps the quiet hours
    Horaire("tetes", "30 19 * * *", timedelta(days=1), _heads),
    Horaire("menage", "15 3 * * *", timedelta(days=1), _tidy),
    Horaire("resume", "0 8 * * 1", timedelta(days=2), _digest),
)

BY_NAME = {item.nom: item for item in SCHEDULES}


def find_tick(cron: str, moment: datetime) -> datetime:
    """The last time, at or before ``moment``, that the clock of Paris met a cron expression."""
    local = (moment + _MINUTE).astimezone(PARIS).replace(second=0, microsecond=0)
    return next(CronSim(cron, local, reverse=True))


def enqueue_ticks(workspace: Workspace, instant: str) -> None:
    """Ask for what the clock asks for at an instant: each tick once; of several missed, the last alone."""
    moment = datetime.fromisoformat(instant)
    with workspace.writing() as session:
        for item in SCHEDULES:
            tick = find_tick(item.cron, moment)
            if moment - tick <= item.retard_max:
                key = f"{Consigne.HORAIRE}:{item.nom}:{tick.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
                enqueue(session, Consigne.HORAIRE, key, {"nom": item.nom})
        forget_done(session, Consigne.HORAIRE, f"{moment - _KEPT:%Y-%m-%dT%H:%M:%SZ}")
