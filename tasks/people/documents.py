"""Take a person out of the documents of the store: written again without them, and said in the trail.

Those that a gate showed or that were sent out stay as they were, byte for byte: they prove what was decided.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from nr_models.dossier.effacement import Masque
from nr_models.dossier.journal import Fait
from nr_models.stages import BY_SLUG
from nr_models.tables import Artefact, Diffusion, Dossier, Gate, Programme, Reading, Retenu, Round
from tasks.people.caviardage import redact
from tasks.programme.programmes import cle
from tasks.store.files import load_bytes, save_bytes
from tasks.store.settings import Settings
from tasks.trail import chain


class Caviardes(NamedTuple):
    """The documents that named the person: by SHA-256, what each became; and those kept as evidence, by name."""

    remplaces: dict[str, str]
    gardes: tuple[str, ...]


def redact_documents(
    settings: Settings, session: Session, masque: Masque, dossiers: Collection[int], *, dry: bool = False
) -> Caviardes:
    """Write again in the store, without the person, the documents of these dossiers that name them.

    ``dry``: only look for them.
    The rows are left alone: see ``repoint``. Killed after, it leaves documents that nothing names.
    """
    kept = list_proofs(session)
    remplaces: dict[str, str] = {}
    gardes = set()
    for digest in sorted(list_held(session, dossiers)):
        content = load_bytes(settings, digest)
        other = None if content is None else redact(content, masque)
        if other is None or other == content:
            continue
        if digest in kept:
            gardes.add(digest)
        else:
            remplaces[digest] = "" if dry else save_bytes(settings, other)
    return Caviardes(remplaces, tuple(_name(session, gardes)))


def list_proofs(session: Session) -> set[str]:
    """The SHA-256 of what a gate showed, and of what was sent out."""
    texts = (*session.exec(select(Gate.digests)), *session.exec(select(Diffusion.digests)))
    return {digest for text in texts for digest in json.loads(text).values()}


_HELD: Sequence[tuple[type[SQLModel], str]] = ((Artefact, "sha256"), (Reading, "copie"), (Retenu, "copie"))
"""The columns that name a document of the store."""


def list_held(session: Session, dossiers: Collection[int] = ()) -> set[str]:
    """The SHA-256 of every document that a row names; of these dossiers, where some are given."""
    found: set[str] = set()
    for kind, name in _HELD:
        query = select(getattr(kind, name)).distinct()
        if dossiers:
            home = Round if kind is Artefact else kind
            query = query.join(Round, col(Round.id) == Artefact.round_id) if kind is Artefact else query
            query = query.where(home.dossier_id.in_(dossiers))  # type: ignore[attr-defined]
        found.update(session.exec(query))
    return found - {""}


def _name(session: Session, digests: set[str]) -> list[str]:
    """« programme/dossier/2-score/resultat.json »."""
    rows = session.exec(
        select(Artefact, Round, Dossier, Programme)
        .join(Round, col(Round.id) == Artefact.round_id)
        .join(Dossier, col(Dossier.id) == Round.dossier_id)
        .join(Programme, col(Programme.id) == Dossier.programme_id)
        .where(col(Artefact.sha256).in_(digests))
    )
    return sorted(
        {
            f"{cle(programme, dossier)}/{BY_SLUG[made.stage].folder}/{artefact.nom}, tour {made.numero}"
            for artefact, made, dossier, programme in rows
        }
    )


def repoint(settings: Settings, session: Session, remplaces: Mapping[str, str]) -> None:
    """Have the rows name the documents as they are now, and the trail say which ones changed."""
    homes: dict[str, dict[str, str]] = defaultdict(dict)
    query = (
        select(Artefact.sha256, Dossier, Programme)
        .join(Round, col(Round.id) == Artefact.round_id)
        .join(Dossier, col(Dossier.id) == Round.dossier_id)
        .join(Programme, col(Programme.id) == Dossier.programme_id)
    )
    for digest, dossier, programme in session.exec(query):
        if digest in remplaces:
            homes[cle(programme, dossier)][digest] = remplaces[digest]
    for old, new in remplaces.items():
        size = {"size": len(load_bytes(settings, new) or b"")}
        for kind, name in _HELD:
            changed = {name: new, **(size if kind is Artefact else {})}
            session.execute(sa.update(kind).where(getattr(kind, name) == old).values(**changed))
    session.expire_all()
    for name, documents in sorted(homes.items()):
        chain.append(session, name, Fait.CAVIARDE, {"documents": documents}, automatique=True)
