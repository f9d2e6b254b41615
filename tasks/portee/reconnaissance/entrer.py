"""Come in by mail: a link and six digits, asked for an address, known or not: same answer, same work.

Looking at a link spends nothing and gives nothing, for scanners follow them; only what the person then asks does.
The digits work in the browser that asked, five times at most. Asked again, the first mail still works.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.tables import Entrant
from nr_models.values.frozen import sha256
from nr_models.values.moyens import Moyen
from tasks.mail.liens import is_entry, read_entry_token, write_code
from tasks.portee.noms import find_name, list_towns
from tasks.portee.reconnaissance.freins import Limite, allow
from tasks.portee.reconnaissance.seances import Ouverte, has_role, open_seance
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace

VALABLE = timedelta(minutes=15)
ESSAIS = 5
_BYTES = 32
_MAIL_MAX = 254
"""Characters of an address, at most (RFC 5321)."""


class Visiteur(NamedTuple):
    """Who a link is for, as its page names them: their name, and what they are known in."""

    nom: str
    collectivites: tuple[str, ...]


def ask(workspace: Workspace, mail: str, navigateur: str, machine: str) -> str:
    """Ask for a mail; returns what the browser keeps, so that the digits work in it.

    Nothing tells an address that we know from another, nor one that asked too often.
    """
    mail, kept = mail.strip().lower()[:_MAIL_MAX], navigateur or secrets.token_urlsafe(_BYTES)
    with workspace.writing() as session:
        free = [
            allow(session, workspace.settings, Limite.DEMANDES, machine),
            allow(session, workspace.settings, Limite.COURRIER, mail),
        ]
        row = add_entrant(session, mail, kept)
        if all(free):
            enqueue(session, Consigne.ENTREE, f"entree:{row.id}", {"entrant": row.id, "mail": mail})
    return kept


def add_entrant(session: Session, mail: str, navigateur: str, valable: timedelta = VALABLE) -> Entrant:
    """Note that somebody asked, in the caller's transaction."""
    moment = now()
    row = Entrant(
        mail=mail,
        nonce=secrets.token_hex(16),
        navigateur=sha256(navigateur.encode()),
        asked_at=moment,
        ends_at=(datetime.fromisoformat(moment) + valable).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    session.add(row)
    session.flush()
    return row


def find_visitor(workspace: Workspace, token: str) -> Visiteur | None:
    """Who a link is for, while it opens; looking at it changes nothing."""
    with workspace.reading() as session:
        row = _find(workspace, session, token)
        return Visiteur(find_name(session, row.mail), list_towns(session, row.mail)) if row else None


def come_in_by_link(workspace: Workspace, token: str, appareil: str) -> Ouverte | None:
    """Open the session of a link, once; None where it opens nothing (any more)."""
    with workspace.writing() as session:
        row = _find(workspace, session, token)
        if row is None or not has_role(session, row.mail):
            return None
        row.used_at = now()
        return open_seance(session, row.mail, Moyen.LIEN, appareil)


def come_in_by_code(workspace: Workspace, code: str, navigateur: str, appareil: str, machine: str) -> Ouverte | None:
    """Open the session of six digits typed in the browser that asked for them; None where they open nothing."""
    said = "".join(item for item in code if item.isdigit())
    with workspace.writing() as session:
        if not navigateur or not allow(session, workspace.settings, Limite.CODES, machine):
            return None
        query = select(Entrant).where(Entrant.navigateur == sha256(navigateur.encode()), col(Entrant.used_at).is_(None))
        rows = session.exec(
            query.where(Entrant.ends_at > now(), Entrant.essais < ESSAIS).order_by(col(Entrant.id))
        ).all()
        for row in rows:
            row.essais += 1
            right = hmac.compare_digest(said.encode(), write_code(workspace.settings, row).encode())
            if right and has_role(session, row.mail):
                row.used_at = now()
                return open_seance(session, row.mail, Moyen.CODE, appareil)
        return None


def _find(workspace: Workspace, session: Session, token: str) -> Entrant | None:
    """The asking that a token was written for, while it may still be used."""
    said = read_entry_token(token)
    row = session.get(Entrant, said[0]) if said else None
    if said is None or row is None or not is_entry(workspace.settings, row, said[1]):
        return None
    return row if row.used_at is None and now() < row.ends_at and has_role(session, row.mail) else None
