"""Inventories read again at their source: a whole programme when asked, those due by their own cron by the clock.

What comes into force is written in the outbox, and the runner makes the score again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nr_models.dossier.registre import Source as Registered
from nr_models.tables import Programme
from nr_models.values.anomalies import Anomaly
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, list_programmes
from tasks.sources.adresse import key_of, show_address
from tasks.sources.inventories import find_fed, list_registered, withdraw_source
from tasks.sources.refresh import Visite, find_source, is_cron, is_due, visit
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace

CRON = "*/15 * * * *"
"""How often one looks for sources that are due, in Europe/Paris."""


def refresh_programme(
    workspace: Workspace, programme: Programme, *, slugs: Sequence[str] = (), at: datetime | None = None
) -> list[Visite]:
    """Visit the sources of a programme; with ``at``, only those due then by their cron. A failure stops no other."""
    registered = list_registered(programme)
    if registered is None:
        return []
    with workspace.reading() as session:
        dossiers = [item for item in list_dossiers(session, programme) if not slugs or item.slug in slugs]
        fed = find_fed(session, programme)
    visits: list[Visite] = []
    for dossier in dossiers:
        own = [item for item in registered if item.collectivite == dossier.slug]
        if not own and dossier.id in fed:
            with workspace.writing() as session:
                withdraw_source(Lieu(workspace, programme, dossier, session))
        for source in own:
            if at is not None and not _is_due(Lieu(workspace, programme, dossier), source, at):
                continue
            with programme_lock(workspace.settings, programme.slug):
                visits.append(visit(Lieu(workspace, programme, dossier), source, own))
            if at is None and source.cron and not is_cron(source.cron):
                anomaly = Anomaly(code="source-cron", valeur=source.cron)
                visits.append(Visite(dossier.slug, show_address(source.adresse), anomalie=anomaly))
    return visits


def refresh_due(workspace: Workspace, at: datetime) -> list[Visite]:
    """Visit, in every programme, the sources due at an instant (aware) by their cron, in Europe/Paris."""
    with workspace.reading() as session:
        programmes = list_programmes(session)
    return [found for programme in programmes for found in refresh_programme(workspace, programme, at=at)]


def _is_due(lieu: Lieu, source: Registered, at: datetime) -> bool:
    with lieu.reading() as ici:
        known = find_source(ici, key_of(source.adresse))
    return is_due(source.cron, known.tried_at if known else "", at)
