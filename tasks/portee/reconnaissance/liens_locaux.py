"""Ready links for who tries the pages on this very machine, where no mail server could bring them one."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.gates import Ouverture
from nr_models.tables import Dossier, Gate, Membre, Programme
from nr_models.values.roles import Role
from tasks.dossier.gates import find_attente
from tasks.mail.liens import write_entry_token, write_gate_token
from tasks.portee.noms import find_name
from tasks.portee.reconnaissance.entrer import add_entrant
from tasks.programme.lieu import Lieu
from tasks.store.workspace import Workspace

_VALABLE = timedelta(hours=12)
_MOST = 4
"""Validations told; the others are read in « À faire »."""


class LienPret(NamedTuple):
    """A link to open on this machine: for whom and what, and its path."""

    pour: str
    path: str


def list_ready(workspace: Workspace) -> list[LienPret]:
    """The validations that wait, for each person awaited; then a way in for one person of each role."""
    with workspace.writing() as session:
        return [*_list_gates(workspace, session), *_list_roles(workspace, session)]


def _list_gates(workspace: Workspace, session: Session) -> list[LienPret]:
    query = (
        select(Programme, Dossier, Gate)
        .join(Dossier, col(Dossier.programme_id) == Programme.id)
        .join(Gate, col(Gate.dossier_id) == Dossier.id)
        .where(Gate.etat == Ouverture.OUVERTE)
        .order_by(col(Gate.id).desc())
        .limit(_MOST)
    )
    found: list[LienPret] = []
    for programme, dossier, gate in session.exec(query).all():
        lieu = Lieu(workspace, programme, dossier, session)
        attente = find_attente(lieu, gate.gate)
        for mail in dict.fromkeys(mail for seat in attente.libres for mail in seat.decideurs) if attente else ():
            assert attente is not None
            told = f"{lieu.entree.names([mail])[0]} : {attente.validation.nom}, {dossier.nom}"
            found.append(LienPret(told, f"v/{write_gate_token(workspace.settings, gate, mail)}"))
    return found


def _list_roles(workspace: Workspace, session: Session) -> list[LienPret]:
    """One person a role, the first of the first dossier."""
    rows = session.exec(select(Membre.role, Membre.mail).order_by(col(Membre.dossier_id), col(Membre.id))).all()
    first: dict[str, str] = {}
    for role, mail in rows:
        first.setdefault(role, mail)
    found = []
    for role in Role:
        if someone := first.get(role.value):
            row = add_entrant(session, someone, secrets.token_urlsafe(32), _VALABLE)
            told = f"{find_name(session, someone)}, {role.nom}"
            found.append(LienPret(told, f"entrer/{write_entry_token(workspace.settings, row)}"))
    return found
