"""Receipts: a decision as its author reads it again, and where the trail holds it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import col, select

from nr_models.dossier.gates import Ouverture, Verdict
from nr_models.dossier.journal import Fait
from nr_models.stages import BY_GATE, Stage
from nr_models.tables import Decision, Event, Gate, Person, Retrait, find_id
from nr_models.values.roles import Role
from tasks.programme.lieu import Lieu
from tasks.trail.paroles import load_words


class Recu(NamedTuple):
    """What was decided, on what (the whole seal), as whom, how they were recognised, and the entry of the trail.

    ``retirable`` while the validation is open; ``retire`` once it was taken back.
    """

    numero: int
    cle: str
    nom: str
    gate: str
    validation: str
    stage: Stage
    roles: tuple[str, ...]
    verdict: Verdict
    texte: str
    le: str
    sceau: str
    entree: int
    moyen: str
    retirable: bool
    retire: bool
    issue: Ouverture | None


def find_receipt(lieu: Lieu, number: int, mail: str) -> Recu | None:
    """A decision of this person in a dossier, or None."""
    query = (
        select(Decision, Gate, Person)
        .join(Gate, col(Gate.id) == Decision.gate_id)
        .join(Person, col(Person.id) == Decision.person_id)
        .where(Decision.id == number, Gate.dossier_id == lieu.dossier.id, Person.mail == mail)
    )
    found = lieu.session.exec(query).first()
    if found is None:
        return None
    row, gate, person = found
    together = _list_together(lieu, row)
    validation = lieu.referentiel.validation.find(gate.gate)
    words = load_words(lieu.session, [row.commentaire])
    taken_back = lieu.session.exec(select(Retrait.id).where(Retrait.decision_id == row.id)).first() is not None
    return Recu(
        numero=number,
        cle=lieu.cle,
        nom=lieu.dossier.nom,
        gate=gate.gate,
        validation=validation.nom if validation else gate.gate,
        stage=BY_GATE[gate.gate],
        roles=tuple(dict.fromkeys(Role(item.role).nom for item in together)),
        verdict=Verdict(row.verdict),
        texte=words.get(row.commentaire, ""),
        le=row.decided_at,
        sceau=row.seal,
        entree=_find_entry(lieu, row, person),
        moyen=row.identification,
        retirable=gate.etat == Ouverture.OUVERTE and not taken_back,
        retire=taken_back,
        issue=Ouverture(gate.issue) if gate.issue else None,
    )


def find_last(lieu: Lieu, gate: str, mail: str) -> int | None:
    """The number of the last decision of a person at a gate that they did not take back, whatever became of it."""
    query = (
        select(Decision.id)
        .join(Gate, col(Gate.id) == Decision.gate_id)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Gate.dossier_id == lieu.dossier.id, Gate.gate == gate, Person.mail == mail, col(Retrait.id).is_(None))
        .order_by(col(Decision.id).desc())
    )
    return lieu.session.exec(query).first()


def _list_together(lieu: Lieu, row: Decision) -> Sequence[Decision]:
    """The seats taken in the same act: same person, same asking, same words."""
    query = select(Decision).where(
        Decision.gate_id == row.gate_id, Decision.person_id == row.person_id, Decision.verdict == row.verdict
    )
    return lieu.session.exec(query.where(Decision.decided_at == row.decided_at).order_by(col(Decision.id))).all()


def _find_entry(lieu: Lieu, row: Decision, person: Person) -> int:
    """The number, in the chain of the dossier, of the entry that records it; 0 where the trail lacks it."""
    earlier = select(Decision.id).where(
        Decision.gate_id == row.gate_id, Decision.person_id == row.person_id, Decision.siege == row.siege
    )
    rank = list(lieu.session.exec(earlier.order_by(col(Decision.id)))).index(find_id(row))
    query = select(Event.n, Event.body).where(Event.chain == lieu.cle, col(Event.body).contains(row.seal))
    said = (person.commitment, row.siege, row.seal)
    entries = [n for n, body in lieu.session.exec(query.order_by(col(Event.n))) if _says(json.loads(body), said)]
    return entries[rank] if rank < len(entries) else 0


def _says(event: dict[str, object], said: tuple[str, str, str]) -> bool:
    donnees = event["donnees"]
    assert isinstance(donnees, dict)
    return event["fait"] == Fait.DECIDE and (donnees["par"], donnees["siege"], donnees["empreinte"]) == said
