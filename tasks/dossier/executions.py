"""The Prefect runs of ours: those that run, those that wait for people, and what to say of one that ends."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.dossier.gates import Ouverture
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE
from nr_models.tables import Avancement, Dossier, Execution, Gate, Programme, find_id
from tasks.programme.lieu import Lieu
from tasks.store.clock import now
from tasks.store.workspace import Workspace


class Cloture(NamedTuple):
    """How a run that waited ends: its row, the name of its last state, a sentence; ``refused``: no further."""

    execution: Execution
    nom: str
    message: str
    refused: bool = False


def start_execution(workspace: Workspace, programme: Programme, dossier: Dossier | None, flow_run: str) -> None:
    """Remember that a run begins; a run tried again is the same one."""
    with workspace.writing() as session:
        found = session.exec(select(Execution).where(Execution.flow_run == flow_run)).first()
        row = found or Execution(programme_id=find_id(programme), flow_run=flow_run, opened_at=now())
        row.dossier_id, row.en_attente, row.closed_at = dossier.id if dossier else None, False, None
        session.add(row)


def suspend_execution(lieu: Lieu, flow_run: str) -> None:
    """Remember that a run ends « En attente », and for which asking."""
    with lieu.writing() as ici:
        query = select(Gate.id).where(Gate.dossier_id == lieu.dossier.id, Gate.etat == Ouverture.OUVERTE)
        row = ici.session.exec(select(Execution).where(Execution.flow_run == flow_run)).one()
        row.en_attente, row.gate_id = True, ici.session.exec(query.order_by(col(Gate.id).desc())).first()


def end_execution(workspace: Workspace, flow_run: str) -> None:
    """Say that a run is closed."""
    with workspace.writing() as session:
        row = session.exec(select(Execution).where(Execution.flow_run == flow_run)).one()
        row.closed_at = row.closed_at or now()


def list_executions(session: Session, *, waiting: bool, dossier: Dossier | None = None) -> list[Execution]:
    """The runs that wait, or those that run, of one dossier or of all, the oldest first."""
    query = select(Execution).where(col(Execution.closed_at).is_(None), col(Execution.en_attente) == waiting)
    if dossier is not None:
        query = query.where(Execution.dossier_id == dossier.id)
    return list(session.exec(query.order_by(col(Execution.id))))


def list_closings(session: Session, dossier: Dossier | None, *, superseded: bool) -> list[Cloture]:
    """The runs whose wait is over; with ``superseded`` all of them, for another run takes their place."""
    found = []
    for row in list_executions(session, waiting=True, dossier=dossier):
        gate = session.get(Gate, row.gate_id) if row.gate_id else None
        if gate is not None and gate.etat != Ouverture.OUVERTE:
            found.append(_told(row, gate))
        elif superseded:
            found.append(Cloture(row, "Repris", "Repris par une exécution plus récente."))
    return found


def list_awakened(session: Session, dossier: Dossier | None = None) -> list[Execution]:
    """The runs closed on a refusal or a correction whose dossier goes on since: they wait for people again."""
    last = select(sa.func.max(col(Execution.id))).where(col(Execution.dossier_id).is_not(None))
    query = (
        select(Execution)
        .join(Gate, col(Gate.id) == col(Execution.gate_id))
        .where(col(Execution.id).in_(last.group_by(col(Execution.dossier_id))), col(Execution.closed_at).is_not(None))
        .where(col(Gate.etat).in_(_STOPPED), col(Execution.dossier_id).not_in(_halted()))
    )
    if dossier is not None:
        query = query.where(Execution.dossier_id == dossier.id)
    return list(session.exec(query.order_by(col(Execution.id))))


def awaken_execution(workspace: Workspace, flow_run: str) -> None:
    """Remember that a closed run waits again, for what its dossier asks now."""
    with workspace.writing() as session:
        row = session.exec(select(Execution).where(Execution.flow_run == flow_run)).one()
        query = select(Gate.id).where(Gate.dossier_id == row.dossier_id, Gate.etat == Ouverture.OUVERTE)
        row.closed_at, row.en_attente = None, True
        row.gate_id = session.exec(query.order_by(col(Gate.id).desc())).first()


def _halted() -> Any:
    """The dossiers that a refusal or a correction holds up now."""
    return select(Avancement.dossier_id).where(col(Avancement.etat).in_((Etat.REFUSE.value, Etat.A_CORRIGER.value)))


def _told(row: Execution, gate: Gate) -> Cloture:
    nom, sentence, refused = _VERDICTS.get(gate.etat, ("Repris", "n’est plus à valider", False))
    return Cloture(row, nom, f"L’étape « {BY_GATE[gate.gate].nom} » {sentence}.", refused)


_VERDICTS = {
    Ouverture.APPROUVEE.value: ("Validé", "est validée", False),
    Ouverture.A_CORRIGER.value: ("À corriger", "est à corriger", False),
    Ouverture.REFUSEE.value: ("Refusé", "est refusée", True),
}
_STOPPED = (Ouverture.A_CORRIGER.value, Ouverture.REFUSEE.value, Etat.OBSOLETE.value)
