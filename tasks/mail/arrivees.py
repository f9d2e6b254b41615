"""What is written to who asks to come in, and to whom a new device was just opened for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from nr_models.tables import Dossier, Entrant, Membre, Programme
from nr_models.values.french import french_instant
from tasks.mail.compose import greet
from tasks.mail.liens import write_code, write_entry_token
from tasks.mail.smtp import Lettre
from tasks.office.courrier import write_courrier
from tasks.programme.programmes import load_entree
from tasks.store.clock import now
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace

Payload = Mapping[str, Any]


def write_entree(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """The link and the six digits; None for an address that nobody knows, or once they are of no use."""
    row, known = session.get(Entrant, payload["entrant"]), _find_known(session, payload["mail"])
    if known is None or row is None or row.used_at is not None or now() >= row.ends_at:
        return None
    code = write_code(workspace.settings, row)
    return _write(
        "entree",
        payload["mail"],
        known,
        code=f"{code[:3]} {code[3:]}",
        lien=_address(workspace.settings, f"entrer/{write_entry_token(workspace.settings, row)}"),
        fin=french_instant(row.ends_at),
    )


def write_appareil(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """A browser that we did not know was opened in the name of this person."""
    known = _find_known(session, payload["mail"])
    if known is None:
        return None
    instant = french_instant(payload["le"])
    return _write("appareil", payload["mail"], known, instant=instant, lien=_address(workspace.settings, "entrer"))


def _find_known(session: Session, mail: str) -> tuple[str, str] | None:
    """The name of a person and the programme of one of their dossiers, or None."""
    query = (
        select(Dossier, Programme.slug)
        .join(Membre, col(Membre.dossier_id) == Dossier.id)
        .join(Programme, col(Programme.id) == Dossier.programme_id)
        .where(Membre.mail == mail)
    )
    found = session.exec(query.order_by(col(Dossier.id)).limit(1)).first()
    if found is None:
        return None
    person = load_entree(found[0]).find(mail)
    return (person.nom if person else "", found[1])


def _write(template: str, mail: str, known: tuple[str, str], **values: object) -> Lettre:
    nom, programme = known
    said = write_courrier(template, bonjour=greet(nom), **values)
    return Lettre(mail, nom, said.sujet, said.texte, programme)


def _address(settings: Settings, page: str) -> str:
    """Where a page is published; "" where none is."""
    return f"{settings.public_url.rstrip('/')}/{page}" if settings.public_url else ""
