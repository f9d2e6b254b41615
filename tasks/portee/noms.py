"""What a person is called, wherever the registry names them."""

from __future__ import annotations

from sqlmodel import Session, col, select

from nr_models.tables import Dossier, Membre
from tasks.programme.programmes import load_entree


def find_name(session: Session, mail: str) -> str:
    """The name of a person in the first dossier that knows them; their address where none does."""
    query = select(Dossier).join(Membre, col(Membre.dossier_id) == Dossier.id).where(Membre.mail == mail)
    found = session.exec(query.order_by(col(Dossier.id)).limit(1)).first()
    person = load_entree(found).find(mail) if found else None
    return person.nom if person else mail


def list_towns(session: Session, mail: str) -> tuple[str, ...]:
    """The collectivités where the registry gives them a role, by name."""
    query = select(Dossier.nom).join(Membre, col(Membre.dossier_id) == Dossier.id).where(Membre.mail == mail)
    return tuple(dict.fromkeys(session.exec(query.order_by(Dossier.nom))))
