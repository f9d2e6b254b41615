"""The outbox: what must follow a transaction is written in it, then done at least once by the runner.

A row is found again by its key: enqueued twice, it is one thing. A failure is kept with its reason
and tried again later, each wait twice as long as the one before, up to an hour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.tables import Outbox
from nr_models.values.frozen import canonical
from tasks.store.clock import now as clock_now

_FIRST_WAIT_S = 10
LONGEST_WAIT_S = 3600
_REASON_MAX = 500


class Consigne(StrEnum):
    """What must follow a transaction: a letter, a dossier to advance, a regular task, an erasure to finish."""

    RECU = "recu"
    OUVERTURE = "avis-ouverture"
    RELANCE = "relance"
    SAISIE = "saisie"
    COMPLET = "retours-complets"
    ISSUE = "issue"
    DELEGATION = "delegation"
    DELEGATION_FIN = "delegation-fin"
    DIFFUSION = "diffusion"
    RETOURS = "rappel-retours"
    RELEVE = "releve"
    APRES_COUP = "apres-coup"
    RESUME = "resume"
    ENTREE = "entree"
    APPAREIL = "appareil"
    AVANCER = "avancer"
    HORAIRE = "horaire"
    EFFACEMENT = "effacement"
    COMPACTION = "compaction"

    @property
    def nom(self) -> str:
        """French label."""
        return _CONSIGNES[self]


_CONSIGNES = {
    Consigne.RECU: "reçu d’une décision",
    Consigne.OUVERTURE: "ouverture d’une validation",
    Consigne.RELANCE: "relance d’une validation",
    Consigne.SAISIE: "documents à remplir",
    Consigne.COMPLET: "tous les retours reçus",
    Consigne.ISSUE: "issue d’une validation",
    Consigne.DELEGATION: "délégation donnée",
    Consigne.DELEGATION_FIN: "délégation révoquée",
    Consigne.DIFFUSION: "documents diffusés",
    Consigne.RETOURS: "rappel de retours",
    Consigne.RELEVE: "inventaire relu à sa source",
    Consigne.APRES_COUP: "retour arrivé après coup",
    Consigne.RESUME: "résumé de la semaine",
    Consigne.ENTREE: "lien et code pour entrer",
    Consigne.APPAREIL: "nouvel appareil",
    Consigne.AVANCER: "dossier à faire avancer",
    Consigne.HORAIRE: "tâche à son heure",
    Consigne.EFFACEMENT: "effacement d’une personne à finir",
    Consigne.COMPACTION: "octets effacés à faire disparaître de la base",
}

_ENQUEUE = sa.text(
    "INSERT INTO outbox (kind, key, payload, created_at, not_before, attempts, erreur) "
    "VALUES (:kind, :key, :payload, :created_at, :not_before, 0, '') ON CONFLICT (key) DO NOTHING"
)


def enqueue(session: Session, kind: Consigne, key: str, payload: Mapping[str, object], *, not_before: str = "") -> None:
    """Add something to do to the caller's transaction; a key already known adds nothing.

    ``not_before`` is an instant (ISO 8601, UTC) before which it is not done, or "".
    """
    values = {
        "kind": kind,
        "key": key,
        "payload": canonical(payload),
        "created_at": clock_now(),
        "not_before": not_before,
    }
    session.connection().execute(_ENQUEUE, values)


def list_due(session: Session, now: str, kinds: Sequence[Consigne] = (), limit: int = 1000) -> list[Outbox]:
    """What is to be done now, the oldest first; of these kinds only where some are given."""
    query = select(Outbox).where(col(Outbox.done_at).is_(None), Outbox.not_before <= now)
    if kinds:
        query = query.where(col(Outbox.kind).in_(kinds))
    return list(session.exec(query.order_by(col(Outbox.id)).limit(limit)))


def settle(session: Session, row: Outbox, now: str, erreur: str = "", *, final: bool = False) -> None:
    """Say that a row is done, or why it is not, which puts off the next attempt; ``final``: there is none.

    What is done keeps its key and its reason, not its payload: nothing personal stays behind.
    """
    kept = session.get_one(Outbox, row.id, with_for_update=True)
    kept.attempts += 1
    kept.erreur = erreur[:_REASON_MAX]
    if erreur and not final:
        kept.not_before = _later(now, kept.attempts)
    else:
        kept.done_at, kept.payload = kept.done_at or now, "{}"


def forget_done(session: Session, kind: Consigne, before: str) -> None:
    """Forget the rows of a kind done before an instant: nobody asks for those keys any more."""
    session.connection().execute(sa.delete(Outbox).where(col(Outbox.kind) == kind, col(Outbox.done_at) < before))


def load_payload(row: Outbox) -> dict[str, Any]:
    """What a row says, as it was enqueued."""
    payload: dict[str, Any] = json.loads(row.payload)
    return payload


def _later(now: str, attempts: int) -> str:
    wait = min(_FIRST_WAIT_S * 2 ** min(attempts - 1, LONGEST_WAIT_S.bit_length()), LONGEST_WAIT_S)
    return (datetime.fromisoformat(now) + timedelta(seconds=wait)).strftime("%Y-%m-%dT%H:%M:%SZ")
