"""Take the dossiers that somebody's act lets go on, as far as they go: those of a programme in one run."""

from __future__ import annotations

from collections.abc import Sequence

from flows.advance import advance_dossier
from flows.batch import run_batch
from flows.engine.runs import awaken, close_executions
from flows.engine.start import Moteur, MoteurAbsent
from nr_models.dossier.next import Arret
from nr_models.tables import Dossier, Outbox, Programme
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, find_programme, list_dossiers, sync_registre
from tasks.store.clock import now
from tasks.store.failures import note_failure
from tasks.store.outbox import load_payload, settle
from tasks.store.workspace import Workspace
from tasks.trail.chain import record_heads

_ATTEMPTS = 3  # a dossier that fails by itself as often is left to « nr avancer »: the trail says that it failed
_FAILED = "le dossier a échoué ; le détail est dans erreurs.log"


def follow(workspace: Workspace, moteur: Moteur, slug: str, rows: Sequence[Outbox]) -> int:
    """Advance the dossiers of a programme that rows ask for; returns how many things to make there were.

    Each row is settled: done, or why not. The programme's lock is held by the caller. Raises
    ``Introuvable`` where the programme is unknown.
    """
    names = {str(load_payload(row)["dossier"]) for row in rows}
    with workspace.reading() as session:
        programme = find_programme(session, slug)
    sync_registre(workspace, programme)
    with workspace.reading() as session:
        wave = [item for item in list_dossiers(session, programme) if cle(programme, item) in names]
    try:
        pending, failed = _plan(workspace, programme, wave)
        failed |= _make(workspace, moteur, programme, pending)
        _close(workspace, moteur, [item for item in wave if item not in pending])
    except MoteurAbsent as error:
        _settle(workspace, rows, dict.fromkeys(names, str(error)), _FOREVER)
        return 0
    with workspace.writing() as session:
        record_heads(session, programme.slug)
    _settle(workspace, rows, dict.fromkeys(failed, _FAILED), _ATTEMPTS)
    return len(pending)


_FOREVER = 10**9


def _plan(workspace: Workspace, programme: Programme, wave: Sequence[Dossier]) -> tuple[list[Dossier], set[str]]:
    """The dossiers where something is to be made, and the names of those that cannot even be looked at."""
    pending, failed = [], set()
    for dossier in wave:
        try:
            if advance_dossier(Lieu(workspace, programme, dossier), None).why is Arret.A_FAIRE:
                pending.append(dossier)
        except Exception:  # it was noted, and recorded in the trail, on the way
            failed.add(cle(programme, dossier))
    return pending, failed


def _make(workspace: Workspace, moteur: Moteur, programme: Programme, pending: Sequence[Dossier]) -> set[str]:
    """Make on Prefect what is to be made; returns the names of those that failed."""
    if not pending:
        return set()
    moteur.ensure()
    done: dict[str, bool] = {}
    try:
        run_batch(programme, pending, None, done.__setitem__, alone=len(pending) == 1)
    except Exception as error:  # the server went away: what was made is kept, the rest is asked for again
        note_failure(workspace.settings, programme.slug, error)
    return {cle(programme, item) for item in pending if not done.get(item.slug)}


def _close(workspace: Workspace, moteur: Moteur, dossiers: Sequence[Dossier]) -> None:
    """Tell Prefect of an act after which nothing had to be made: a refusal, the end, a dossier reopened."""
    for dossier in dossiers:
        close_executions(workspace, dossier, before=moteur.ensure)
        awaken(workspace, dossier, moteur.ensure)


def _settle(workspace: Workspace, rows: Sequence[Outbox], failed: dict[str, str], attempts: int) -> None:
    with workspace.writing() as session:
        for row in rows:
            reason = failed.get(str(load_payload(row)["dossier"]), "")
            settle(session, row, now(), reason, final=row.attempts + 1 >= attempts)
