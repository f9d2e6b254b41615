"""Repair what a crash left in our own database: an act without its suite, a gate without its mail, a stuck row.

Each repair is asked for under a key, so that repairing twice repairs nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.dossier.case import File
from nr_models.dossier.fingerprint import Phase
from nr_models.dossier.gates import Ouverture
from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, BY_SLUG, STAGES, Stage
from nr_models.tables import Avancement, Dossier, Event, Gate, Outbox, Programme, find_id
from tasks.dossier.board import load_board
from tasks.dossier.gates import announce, find_attente
from tasks.dossier.rounds import expire, find_round, list_artefacts
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import Introuvable, list_dossiers
from tasks.store.clock import now
from tasks.store.files import holds, load_bytes, set_aside, stage_folder, write_file
from tasks.store.outbox import LONGEST_WAIT_S, Consigne, enqueue
from tasks.store.workspace import Workspace


def mend(workspace: Workspace, programmes: Sequence[Programme]) -> list[str]:
    """Repair; returns what was repaired, a French sentence each."""
    with workspace.writing() as session:
        said = [line for item in programmes for line in _mend_gates(workspace, session, item)]
        said += _mend_outbox(session)
    with workspace.writing() as session:
        said += [line for item in programmes for line in _mend_suites(workspace, session, item)]
    return said


def restore_edited(workspace: Workspace, programmes: Sequence[Programme]) -> list[str]:
    """Put back the documents that somebody changed and dated as before: a look at every byte, which « avancer » spares.

    Returns what was put back, a French sentence each; the changed copy is kept beside.
    """
    said: list[str] = []
    for programme in programmes:
        with workspace.reading() as session:
            dossiers = list_dossiers(session, programme)
        for dossier in dossiers:
            lieu = Lieu(workspace, programme, dossier)
            said += [line for stage in STAGES for line in _restore_edited(lieu, stage)]
    return said


def _restore_edited(lieu: Lieu, stage: Stage) -> Iterator[str]:
    with lieu.reading() as ici:
        rounds = [found for phase in _PHASES if (found := find_round(ici, stage.slug, phase))]
        artefacts = [item for made in rounds for item in list_artefacts(ici.session, made)]
    folder = stage_folder(lieu.workspace.settings, lieu.cle, stage)
    for item in artefacts:
        path = folder / item.nom
        if path.is_file() and not holds(path, item.sha256):
            content = load_bytes(lieu.workspace.settings, item.sha256)
            if content is not None:
                aside = set_aside(path)
                write_file(folder, File(item.nom, content))
                kept = f" ; la copie modifiée est « {aside.name} »" if aside else ""
                yield f"{lieu.cle}, étape « {stage.nom} » : « {item.nom} » avait été modifié, il est remis{kept}."


_PHASES: tuple[Phase, ...] = ("envoi", "resultat")


def _mend_gates(workspace: Workspace, session: Session, programme: Programme) -> Iterator[str]:
    places = {find_id(item): Lieu(workspace, programme, item, session) for item in list_dossiers(session, programme)}
    query = select(Gate).join(Dossier, col(Dossier.id) == Gate.dossier_id)
    gates = session.exec(query.where(Dossier.programme_id == programme.id, Gate.etat == Ouverture.OUVERTE)).all()
    yield from _mend_unopened(session, places, {(item.dossier_id, item.gate) for item in gates})
    told = {key.split(":")[1] for key in session.exec(select(Outbox.key).where(Outbox.kind == Consigne.OUVERTURE))}
    for gate in gates:
        if str(gate.id) not in told and _announce(places[gate.dossier_id], gate):
            yield (
                f"{places[gate.dossier_id].cle} : l’étape « {BY_GATE[gate.gate].nom} » attendait sans "
                "que personne en soit averti ; le courrier est demandé."
            )


def _mend_unopened(session: Session, places: dict[int, Lieu], opened: set[tuple[int, str]]) -> Iterator[str]:
    """A stage « à valider » that nobody is asked to validate: it is to be submitted again."""
    query = select(Avancement).where(col(Avancement.dossier_id).in_(places), Avancement.etat == Etat.SOUMIS)
    for row in session.exec(query).all():
        stage = BY_SLUG[row.slug]
        if (row.dossier_id, stage.gate or "") in opened:
            continue
        lieu = places[row.dossier_id]
        if expire(lieu, stage, stage.slug, "Sa validation n’était pas ouverte."):
            yield f"{lieu.cle} : l’étape « {stage.nom} » était à valider sans validation ouverte ; elle sera soumise."


def _announce(lieu: Lieu, gate: Gate) -> bool:
    """Tell those whom an open gate awaits; False where there is nobody to tell."""
    try:
        attente = find_attente(lieu, gate.gate)
    except Introuvable:  # its référentiel is lost: the board says so
        return False
    if attente is None or not any(seat.decideurs for seat in attente.libres):
        return False
    announce(lieu.session, attente)
    return True


def _mend_suites(workspace: Workspace, session: Session, programme: Programme) -> Iterator[str]:
    """A dossier that nobody holds up and nobody advances: its suite is asked for, once for each state of its trail."""
    asked = set(session.exec(select(Outbox.key).where(Outbox.kind == Consigne.AVANCER)))
    pending = select(Outbox.payload).where(Outbox.kind == Consigne.AVANCER, col(Outbox.done_at).is_(None))
    under_way = "\n".join(session.exec(pending))
    for line in load_board(workspace, session, programme).dossiers:
        name = f"{programme.slug}/{line.slug}"
        if line.attend or line.stages[-1].etat is Etat.VALIDE or f'"{name}"' in under_way:
            continue
        key = f"{Consigne.AVANCER}:{name}:reprise-{_last_entry(session, name)}"
        if key not in asked:
            enqueue(session, Consigne.AVANCER, key, {"dossier": name})
            yield f"{name} : prêt à avancer et personne ne le faisait ; la suite est demandée."


def _last_entry(session: Session, chain: str) -> int:
    """The number of the last entry of a trail that is not a failure: failing again is not a new state."""
    query = select(sa.func.max(Event.n)).where(
        Event.chain == chain, ~col(Event.body).contains(f'"fait":"{Fait.ECHEC.value}"')
    )
    return session.exec(query).one() or 0


def _mend_outbox(session: Session) -> Iterator[str]:
    """A row put off further than any failure puts off: a clock went wrong; it is due now."""
    limit = datetime.fromisoformat(now()) + timedelta(seconds=LONGEST_WAIT_S)
    query = select(Outbox).where(col(Outbox.done_at).is_(None), Outbox.attempts > 0)
    for row in session.exec(query.where(Outbox.not_before > limit.strftime("%Y-%m-%dT%H:%M:%SZ"))).all():
        row.not_before = now()
        yield f"Boîte d’envoi : « {row.kind} » était remis trop loin ; il est à faire maintenant."
