"""The Prefect runs that wait for people, by dossier, and what to say of one once its wait is over."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.gates import Ouverture
from nr_models.stages import BY_GATE
from nr_models.tables import Dossier, Execution, Gate
from tasks.clock import now
from tasks.workspace import Workspace


class Cloture(NamedTuple):
    """How a run that waited ends: its row, the name of its last state, a sentence; ``refused``: no further."""

    execution: Execution
    nom: str
    message: str
    refused: bool = False


def save_execution(workspace: Workspace, dossier: Dossier, flow_run: str) -> None:
    """Remember that a run ends « En attente », and for which asking."""
    with workspace.writing() as session:
        query = select(Gate.id).where(Gate.dossier_id == dossier.id, Gate.etat == Ouverture.OUVERTE)
        gate = session.exec(query.order_by(col(Gate.id).desc())).first()
        session.add(Execution(dossier_id=dossier.id or 0, flow_run=flow_run, gate_id=gate, opened_at=now()))


def list_open(session: Session, dossier: Dossier | None = None) -> list[Execution]:
    """The runs that wait, of one dossier or of all, the oldest first."""
    query = select(Execution).where(col(Execution.closed_at).is_(None)).order_by(col(Execution.id))
    return list(session.exec(query.where(Execution.dossier_id == dossier.id) if dossier else query))


def list_closings(session: Session, dossier: Dossier | None, *, superseded: bool) -> list[Cloture]:
    """The runs whose wait is over; with ``superseded`` all of them, for another run takes their place."""
    found = []
    for row in list_open(session, dossier):
        gate = session.get(Gate, row.gate_id) if row.gate_id else None
        if gate is not None and gate.etat != Ouverture.OUVERTE:
            found.append(_told(row, gate))
        elif superseded:
            found.append(Cloture(row, "Repris", "Repris par une exécution plus récente."))
    return found


def settle_execution(workspace: Workspace, execution: Execution) -> None:
    """Say that a run is closed."""
    with workspace.writing() as session:
        kept = session.get_one(Execution, execution.id)
        kept.closed_at = kept.closed_at or now()


def _told(row: Execution, gate: Gate) -> Cloture:
    nom, sentence, refused = _VERDICTS.get(gate.etat, ("Repris", "n’est plus à valider", False))
    return Cloture(row, nom, f"L’étape « {BY_GATE[gate.gate].nom} » {sentence}.", refused)


_VERDICTS = {
    Ouverture.APPROUVEE.value: ("Validé", "est validée", False),
    Ouverture.A_CORRIGER.value: ("À corriger", "est à corriger", False),
    Ouverture.REFUSEE.value: ("Refusé", "est refusée", True),
}
