"""Sessions: a browser where a person was recognised, by an opaque cookie of which only the digest is kept.

Twelve hours at most, one hour idle (OWASP ASVS 5.0, 7.3); half an hour where a validation's link opened it. A person
who has no role left anywhere has no session either.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.tables import Gate, Membre, Seance, find_id
from nr_models.values.frozen import sha256
from nr_models.values.moyens import Moyen
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace

DUREE = timedelta(hours=12)
OISIVE = timedelta(hours=1)
PAR_LIEN = timedelta(minutes=30)
_TOUCH = timedelta(minutes=1)
_BYTES = 32


class Reconnu(NamedTuple):
    """A person as recognised: their address, by what means, by the link of which asking of a gate, in which session."""

    mail: str
    moyen: Moyen
    gate: int | None
    seance: int


class Ouverte(NamedTuple):
    """What a browser is given to keep: its session, and what it is known by."""

    jeton: str
    appareil: str


def open_seance(session: Session, mail: str, moyen: Moyen, appareil: str = "", gate: Gate | None = None) -> Ouverte:
    """Open a session in the caller's transaction; a device that we do not know of them is told to them by mail."""
    moment, jeton = now(), secrets.token_urlsafe(_BYTES)
    known = bool(appareil) and _is_known(session, mail, sha256(appareil.encode()))
    kept = appareil if known else secrets.token_urlsafe(_BYTES)
    row = Seance(
        jeton=sha256(jeton.encode()),
        mail=mail,
        moyen=moyen,
        gate_id=find_id(gate) if gate else None,
        appareil=sha256(kept.encode()),
        opened_at=moment,
        seen_at=moment,
        ends_at=_after(moment, PAR_LIEN if gate else DUREE),
    )
    session.add(row)
    session.flush()
    if not known:
        enqueue(session, Consigne.APPAREIL, f"appareil:{row.id}", {"mail": mail, "le": moment})
    return Ouverte(jeton, kept)


def find_seance(workspace: Workspace, jeton: str) -> Reconnu | None:
    """Who holds this cookie, or None: unknown, ended, idle too long, or of somebody who has no role any more."""
    with workspace.reading() as session:
        row = session.exec(select(Seance).where(Seance.jeton == sha256(jeton.encode()))).first()
        if row is None or not _is_alive(row, now()) or not has_role(session, row.mail):
            return None
    if now() >= _after(row.seen_at, _TOUCH):
        with workspace.writing() as session:
            session.execute(sa.update(Seance).where(col(Seance.id) == row.id).values(seen_at=now()))
    return Reconnu(row.mail, Moyen(row.moyen), row.gate_id, find_id(row))


def close_seance(workspace: Workspace, reconnu: Reconnu) -> None:
    """End this session."""
    with workspace.writing() as session:
        session.execute(sa.update(Seance).where(col(Seance.id) == reconnu.seance).values(closed_at=now()))


def close_everywhere(workspace: Workspace, mail: str) -> int:
    """End every session of a person; how many there were."""
    with workspace.writing() as session:
        open_ones = sa.update(Seance).where(col(Seance.mail) == mail, col(Seance.closed_at).is_(None))
        return int(session.connection().execute(open_ones.values(closed_at=now())).rowcount)


def has_role(session: Session, mail: str) -> bool:
    """True when the registry of some programme gives this address a role."""
    return session.exec(select(Membre.id).where(Membre.mail == mail).limit(1)).first() is not None


def _is_alive(row: Seance, moment: str) -> bool:
    return row.closed_at is None and moment < row.ends_at and moment < _after(row.seen_at, OISIVE)


def _is_known(session: Session, mail: str, appareil: str) -> bool:
    query = select(Seance.id).where(Seance.mail == mail, Seance.appareil == appareil)
    return session.exec(query.limit(1)).first() is not None


def _after(instant: str, delay: timedelta) -> str:
    return (datetime.fromisoformat(instant) + delay).strftime("%Y-%m-%dT%H:%M:%SZ")
