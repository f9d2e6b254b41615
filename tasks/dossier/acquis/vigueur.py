"""What is in force of each stage of a dossier, beside what it shows: told once, for the terminal, mails and pages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, select

from nr_models.dossier.acquis.vigueur import DocumentAcquis, EnVigueur, Vigueur
from nr_models.dossier.fingerprint import explain
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, STAGES, Stage
from nr_models.tables import Artefact, Decision, Gate, Person, Retrait, Round, find_id
from nr_models.values.roles import Role
from tasks.dossier.acquis.approuvees import describe, list_approvals
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.rounds import find_round, find_state
from tasks.programme.lieu import Lieu


def list_vigueurs(lieu: Lieu) -> tuple[Vigueur, ...]:
    """Each stage that people validate: what was approved last of it, by whom, its documents; what it shows now.

    What it shows now may be the same version, or the next, that is being prepared (``Vigueur.prepare``).
    """
    number = find_id(lieu.dossier)
    gates = list_approvals(lieu.session, [number])[number]
    return tuple(_look(lieu, stage, gates.get(stage.gate)) for stage in STAGES if stage.gate)


def find_vigueur(lieu: Lieu, stage: str) -> Vigueur | None:
    """The same, of one stage; None of a stage that nobody validates."""
    return next((item for item in list_vigueurs(lieu) if item.stage == stage), None)


def _tell(lieu: Lieu, gate: Gate, numero: int) -> EnVigueur:
    stage = BY_GATE[gate.gate]
    rows = lieu.session.exec(select(Artefact).where(Artefact.round_id == gate.round_id).order_by(col(Artefact.nom)))
    shared = (row for row in rows if row.nom != RESULT_FILE and not stage.hides(row.nom))
    documents = (DocumentAcquis(nom=row.nom, sha256=row.sha256, taille=row.size) for row in shared)
    update = {"par": tuple(_list_deciders(lieu.session, gate)), "documents": tuple(documents)}
    return describe(gate, numero).model_copy(update=update)


def _list_deciders(session: Session, gate: Gate) -> Sequence[str]:
    """« Anne Martin (direction générale) », in the order in which they decided."""
    query = (
        select(Person.nom, Decision.role)
        .join(Decision, col(Decision.person_id) == Person.id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Decision.gate_id == gate.id, col(Retrait.id).is_(None))
        .order_by(col(Decision.id))
    )
    roles: dict[str, list[str]] = defaultdict(list)
    for nom, role in session.exec(query):
        roles[nom].append(Role(role).nom)
    return [f"{nom} ({', '.join(dict.fromkeys(held))})" for nom, held in roles.items()]


def _look(lieu: Lieu, stage: Stage, approved: tuple[Gate, int] | None) -> Vigueur:
    state, made = find_state(lieu, stage.slug), find_round(lieu, stage.slug, "resultat")
    causes: tuple[str, ...] = ()
    if approved and made and approved[0].seal != made.seal:
        old = lieu.session.get_one(Round, approved[0].round_id)
        causes = tuple(explain(json.loads(old.basis), json.loads(made.basis)))
    return Vigueur(
        stage=stage.slug,
        etat=Etat(state.etat),
        raison=state.raison,
        en_vigueur=_tell(lieu, *approved) if approved else None,
        courante=made.numero if made else None,
        seal=made.seal if made else "",
        causes=causes,
    )
