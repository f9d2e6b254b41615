"""One dossier for who looks at it: its stages, their documents, what was decided, its history. Read only."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.case import Manquant
from nr_models.dossier.gates import Verdict
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, STAGES
from nr_models.tables import Artefact, Avancement, Decision, Dossier, Gate, Person, Programme, Round
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role
from tasks.programme.lieu import Lieu
from tasks.trail import chain
from tasks.trail.paroles import load_words


class Document(Frozen):
    """A file of a current round; ``taille`` in bytes, ``phase`` « envoi » or « resultat »."""

    stage: str
    phase: str
    nom: str
    taille: int
    sha256: str


class VerdictRendu(Frozen):
    """What a person decided on what a stage shows now."""

    nom: str
    role: Role
    verdict: Verdict
    commentaire: str
    le: str


class Etape(Frozen):
    """Where a stage stands and what it shows; ``empreinte`` is None while it has no result.

    ``close`` says that somebody closed it as it waited for exactly these ``manquants``.
    """

    slug: str
    etat: Etat
    depuis: str
    raison: str
    manquants: tuple[Manquant, ...]
    close: bool
    empreinte: str | None
    documents: tuple[Document, ...]
    avis: tuple[VerdictRendu, ...]


def find_place(session: Session, programme: str, slug: str) -> tuple[Programme, Dossier] | None:
    """A dossier by its exact names, or None; the names are compared in the database and nowhere else."""
    query = select(Programme, Dossier).where(
        Dossier.programme_id == Programme.id, Programme.slug == programme, Dossier.slug == slug
    )
    return session.exec(query).first()


def list_etapes(lieu: Lieu) -> tuple[Etape, ...]:
    """The seven stages of a dossier, in order."""
    rounds = _current_rounds(lieu)
    documents = _documents(lieu.session, rounds)
    avis = _avis(lieu)
    seals = {item.stage: item.seal for item in rounds.values() if item.phase == "resultat"}
    states = {
        row.slug: row for row in lieu.session.exec(select(Avancement).where(Avancement.dossier_id == lieu.dossier.id))
    }
    return tuple(
        Etape(
            slug=stage.slug,
            etat=Etat(states[stage.slug].etat),
            depuis=states[stage.slug].depuis,
            raison=states[stage.slug].raison,
            manquants=tuple(Manquant.model_validate(item) for item in json.loads(states[stage.slug].manquants)),
            close=states[stage.slug].clos not in ("[]", "") and states[stage.slug].clos == states[stage.slug].manquants,
            empreinte=seals.get(stage.slug),
            documents=tuple(documents[stage.slug]),
            avis=tuple(avis[stage.slug]),
        )
        for stage in STAGES
    )


def list_history(lieu: Lieu) -> list[dict[str, Any]]:
    """The events of a dossier, newest first."""
    return list(chain.list_events(lieu.session, lieu.cle))[::-1]


class _Made(NamedTuple):
    """A round without its value, which may be large and is not shown."""

    stage: str
    phase: str
    seal: str


def _current_rounds(lieu: Lieu) -> dict[int, _Made]:
    query = select(Round.id, Round.stage, Round.phase, Round.seal).where(Round.dossier_id == lieu.dossier.id)
    latest = {(row[1], row[2]): row for row in lieu.session.exec(query.order_by(col(Round.numero)))}
    return {number: _Made(*made) for number, *made in latest.values() if number is not None}


def _documents(session: Session, rounds: Mapping[int, _Made]) -> defaultdict[str, list[Document]]:
    found: defaultdict[str, list[Document]] = defaultdict(list)
    query = select(Artefact).where(col(Artefact.round_id).in_(rounds)).order_by(col(Artefact.nom))
    for row in session.exec(query):
        made = rounds[row.round_id]
        found[made.stage].append(
            Document(stage=made.stage, phase=made.phase, nom=row.nom, taille=row.size, sha256=row.sha256)
        )
    return found


def _avis(lieu: Lieu) -> defaultdict[str, list[VerdictRendu]]:
    """What was decided on what the stages show now, and still holds."""
    found: defaultdict[str, list[VerdictRendu]] = defaultdict(list)
    query = (
        select(Decision, Person, Gate)
        .where(Decision.gate_id == Gate.id, Decision.person_id == Person.id, Gate.dossier_id == lieu.dossier.id)
        .where(Gate.etat != "obsolete")
    )
    rows = lieu.session.exec(query.order_by(col(Decision.id))).all()
    words = load_words(lieu.session, (row.commentaire for row, _, _ in rows))
    for row, person, gate in rows:
        found[BY_GATE[gate.gate].slug].append(
            VerdictRendu(
                nom=person.nom,
                role=Role(row.role),
                verdict=Verdict(row.verdict),
                commentaire=words.get(row.commentaire, ""),
                le=row.decided_at,
            )
        )
    return found
