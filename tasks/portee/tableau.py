"""The board of a programme, for its équipe: the dossiers that they lead, and what is wrong in the registry."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.attendu import Suite, summarise
from nr_models.dossier.registre import Entree
from nr_models.tables import Dossier, Membre, Programme
from nr_models.values.anomalies import Anomaly
from nr_models.values.roles import Role
from tasks.dossier.board import LigneTableau, load_board
from tasks.programme.programmes import load_entree
from tasks.store.workspace import Workspace


class TableauVu(NamedTuple):
    """The board of a programme, each dossier with what comes next in it."""

    programme: str
    resume: str
    lignes: tuple[tuple[LigneTableau, Suite], ...]
    anomalies: tuple[Anomaly, ...]


def load_tableau(workspace: Workspace, session: Session, slug: str, mail: str) -> TableauVu | None:
    """The board of a programme as one of its équipe sees it; None to who is not of it."""
    programme = session.exec(select(Programme).where(Programme.slug == slug)).first()
    if programme is None:
        return None
    query = (
        select(Dossier)
        .join(Membre, col(Membre.dossier_id) == Dossier.id)
        .where(Dossier.programme_id == programme.id, Membre.mail == mail, Membre.role == Role.EQUIPE_PROGRAMME)
    )
    found = {item.slug: load_entree(item) for item in session.exec(query)}  # the index finds, the registry gives
    led = {slug: entree for slug, entree in found.items() if _leads(entree, mail)}
    if not led:
        return None
    lines = [line for line in load_board(workspace, session, programme).dossiers if line.slug in led]
    return TableauVu(
        programme=programme.slug,
        resume=summarise([line.sens for line in lines]),
        lignes=tuple((line, line.tell_next(led[line.slug].names)) for line in lines),
        anomalies=tuple(Anomaly.model_validate(item) for item in json.loads(programme.anomalies)),
    )


def _leads(entree: Entree, mail: str) -> bool:
    person = entree.find(mail)
    return person is not None and person.has(Role.EQUIPE_PROGRAMME)
