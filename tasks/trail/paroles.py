"""What people write: kept in rows that can be erased; the trail and the decisions know salted commitments."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from nr_models.dossier.journal import commit
from nr_models.dossier.recit import Connus
from nr_models.tables import Parole, Person, find_id

_WORDS = ("commentaire", "motif")
"""What an event may hold of what somebody wrote."""


def save_words(session: Session, person: Person, texte: str) -> str:
    """Keep what a person wrote; returns its commitment, for the trail and for rows that never change. Nothing: ""."""
    if not texte:
        return ""
    salt = secrets.token_hex(16)
    commitment = commit(salt, texte)
    session.add(Parole(person_id=find_id(person), texte=texte, salt=salt, commitment=commitment))
    session.flush()
    return commitment


def load_words(session: Session, commitments: Iterable[str]) -> dict[str, str]:
    """The words behind these commitments; what was erased is not there."""
    wanted = {item for item in commitments if item}
    rows = session.exec(select(Parole.commitment, Parole.texte).where(col(Parole.commitment).in_(wanted)))
    return dict(rows.all())


def find_words(session: Session, commitment: str) -> str | None:
    """The words behind one commitment (nothing was written: ""); None when they were erased."""
    return load_words(session, [commitment]).get(commitment) if commitment else ""


def load_known(session: Session, events: Sequence[Mapping[str, Any]]) -> Connus:
    """Who and what stands behind the commitments of a dossier's events; what was erased is not there."""
    people = {event["donnees"]["par"] for event in events if "par" in event["donnees"]}
    said = {event["donnees"].get(key, "") for event in events for key in _WORDS}
    return Connus(
        personnes={
            row.commitment: row.nom for row in session.exec(select(Person).where(col(Person.commitment).in_(people)))
        },
        commentaires=load_words(session, said),
    )
