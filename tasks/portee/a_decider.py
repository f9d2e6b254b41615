"""All that one validation shows to who came for it: what is sealed, who decides, what is doubtful, what they may do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.acquis.vigueur import Changements
from nr_models.dossier.gates import DecisionDeSiege, Ouverture, Verdict, outcome, seats_of
from nr_models.dossier.registre import Entree
from nr_models.dossier.relance import find_echeance, is_late
from nr_models.dossier.workflow import CONTENT, Acte, Etat, attempt
from nr_models.referentiel.circuit import Validation
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import BY_GATE, BY_SLUG, STAGES, Audience, Stage
from nr_models.tables import Decision, Delegation, Gate, Person, Retrait, Round, find_id
from nr_models.values.anomalies import list_lines, summarise
from nr_models.values.days import paris_day
from nr_models.values.french import french_instant
from nr_models.values.roles import Role
from tasks.acts.avis import AvisDonne, list_avis
from tasks.acts.closing import list_explanations
from tasks.acts.permissions import Possible, list_acts
from tasks.dossier.acquis.changements import find_changes
from tasks.dossier.anomalies import list_under_gate
from tasks.dossier.detail import Document, list_etapes
from tasks.dossier.gates import Attente, find_attente, find_standing, load_reserves
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.pouvoirs import list_recent
from tasks.dossier.rounds import find_state, list_artefacts
from tasks.dossier.standing import load_standing
from tasks.portee.lecture import Lisant, is_for, list_readable, may_read
from tasks.programme.lieu import Lieu
from tasks.returns.suivi import tell_to_correct
from tasks.store.clock import now
from tasks.store.files import load_bytes
from tasks.trail.paroles import load_words

_FAULTS = 30


class Voix(NamedTuple):
    """Somebody who decides at a gate: their roles said once, and what they decided; ``verdict`` None: not yet."""

    nom: str
    mail: str
    roles: tuple[str, ...]
    verdict: Verdict | None = None
    le: str = ""
    texte: str = ""


class DecisionRendue(NamedTuple):
    """What the reader decided here and did not take back: its number, what it says."""

    numero: int
    verdict: Verdict
    le: str
    texte: str


class ADecider(NamedTuple):
    """A validation, open or over, as one person sees it.

    ``resultat`` are the sealed bytes of the result, None where the store lost or altered them; ``sceau`` the whole
    seal of what is submitted; ``methode`` the empreinte under which the dossier keeps its référentiel. ``titres`` are
    the seats that the reader may take now, empty where they only read; ``clot``: their approval would end it.
    """

    cle: str
    nom: str
    entree: Entree
    referentiel: Referentiel
    methode: str
    stage: Stage
    validation: Validation
    ouverte: bool
    issue: Ouverture | None
    resultat: bytes | None
    sceau: str
    depuis: date
    echeance: date
    aujourdhui: date
    retard: bool
    blocage: str | None
    titres: tuple[str, ...]
    clot: bool
    voix: tuple[Voix, ...]
    mienne: DecisionRendue | None
    avis: tuple[AvisDonne, ...]
    documents: tuple[Document, ...]
    releve: str
    anomalies: tuple[str, ...]
    a_reprendre: tuple[str, ...]
    reserves: tuple[str, ...]
    changements: Changements | None
    notes: tuple[str, ...]
    recents: tuple[str, ...]
    possibles: tuple[Possible, ...]
    corrigeables: tuple[Stage, ...]


def find_gate(lieu: Lieu, gate: str) -> Gate | None:
    """The last asking of a gate that is not obsolete, else the last one, or None."""
    query = select(Gate).where(Gate.dossier_id == lieu.dossier.id, Gate.gate == gate).order_by(col(Gate.id).desc())
    rows = lieu.session.exec(query).all()
    return next((row for row in rows if row.etat != "obsolete"), rows[0] if rows else None)


def load_a_decider(lieu: Lieu, row: Gate, lecteur: Lisant) -> ADecider:
    """What a gate shows, in the transaction of ``lieu``. Raises ``Introuvable`` where the référentiel is lost."""
    attente, stage = find_attente(lieu, row.gate), BY_GATE[row.gate]
    validation = lieu.referentiel.validation.find(row.gate)
    assert validation is not None  # it was opened by this very circuit
    opened = attente is not None and attente.gate.id == row.id
    mine = tuple(seat.libelle for seat in seats_of(lecteur.mail, attente.libres)) if opened and attente else ()
    found = list_under_gate(lieu, load_standing(lieu), stage) if opened else ()
    standing = find_standing(lieu.session, [find_id(lieu.dossier)]).get(find_id(lieu.dossier), ())
    return ADecider(
        cle=lieu.cle,
        nom=lieu.dossier.nom,
        entree=lieu.entree,
        referentiel=lieu.referentiel,
        methode=lieu.dossier.referentiel_digest,
        stage=stage,
        validation=validation,
        ouverte=opened,
        issue=_find_issue(row),
        resultat=_load_result(lieu, row),
        sceau=row.seal,
        depuis=paris_day(row.opened_at),
        echeance=find_echeance(row.opened_at, validation.jours_ouvres),
        aujourdhui=paris_day(now()),
        retard=is_late(row.opened_at, validation.jours_ouvres, now()),
        blocage=attente.blocage if opened and attente else None,
        titres=mine,
        clot=attente is not None and bool(mine) and _would_close(attente, lecteur.mail),
        voix=tuple(_list_voices(lieu, row, attente if opened else None)),
        mienne=find_own(lieu.session, row, lecteur.mail),
        avis=tuple(list_avis(lieu.session, row)),
        documents=tuple(list_shown(lieu, row, lecteur)),
        releve=summarise(found) if found else "",
        anomalies=tuple(list_lines(found, _FAULTS)) if lecteur.leads else (),
        a_reprendre=tuple(tell_to_correct(lieu, stage)) if opened and is_for(Audience.DECIDEURS, lecteur) else (),
        reserves=tuple(item.ligne for item in load_reserves(lieu.session, standing)),
        changements=find_changes(lieu, stage) if opened else None,
        notes=tuple(_list_notes(lieu, row.gate)) if opened else (),
        recents=tuple(_list_recent(lieu, attente)) if opened and attente else (),
        possibles=tuple(item for item in list_acts(lieu, lecteur.mail) if item.stage in (stage.slug, None)),
        corrigeables=STAGES[: stage.numero],
    )


def _would_close(attente: Attente, mail: str) -> bool:
    """True where the approval of this person would be enough."""
    said = [
        DecisionDeSiege(siege=seat.role, personne=mail, verdict=Verdict.APPROUVER)
        for seat in seats_of(mail, attente.libres)
    ]
    return outcome(attente.validation, attente.sieges, (*attente.voix, *said)) is not Ouverture.OUVERTE


def _find_issue(row: Gate) -> Ouverture | None:
    said = row.issue or row.etat
    return Ouverture(said) if said in set(Ouverture) and said != Ouverture.OUVERTE else None


def _load_result(lieu: Lieu, row: Gate) -> bytes | None:
    """The result as it was sealed: from the store, never from the folder, which anybody may alter."""
    digest = json.loads(row.digests).get(RESULT_FILE)
    return load_bytes(lieu.workspace.settings, digest) if digest else None


def find_own(session: Session, row: Gate, mail: str) -> DecisionRendue | None:
    """The last decision of a person at one asking of a gate that they did not take back."""
    query = (
        select(Decision)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Decision.gate_id == row.id, Person.mail == mail, col(Retrait.id).is_(None))
        .order_by(col(Decision.id))
    )
    found = session.exec(query).first()
    if found is None:
        return None
    words = load_words(session, [found.commentaire])
    return DecisionRendue(find_id(found), Verdict(found.verdict), found.decided_at, words.get(found.commentaire, ""))


def _list_voices(lieu: Lieu, row: Gate, attente: Attente | None) -> Iterator[Voix]:
    """Who decided, then who is still awaited, each person once."""
    query = (
        select(Decision, Person)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Decision.gate_id == row.id, col(Retrait.id).is_(None))
        .order_by(col(Decision.id))
    )
    rows = lieu.session.exec(query).all()
    words = load_words(lieu.session, (decision.commentaire for decision, _ in rows))
    said: dict[tuple[int, str], list[Decision]] = {}
    people: dict[int, Person] = {}
    for decision, person in rows:
        people[find_id(person)] = person
        said.setdefault((find_id(person), decision.verdict), []).append(decision)
    for (number, verdict), taken in said.items():
        person, given = people[number], _list_givers(lieu.session, taken)
        roles = (*dict.fromkeys(Role(item.role).nom for item in taken), *(f"par délégation de {nom}" for nom in given))
        text = words.get(taken[0].commentaire, "")
        yield Voix(person.nom, person.mail, roles, Verdict(verdict), taken[0].decided_at, text)
    yield from _list_awaited(lieu, attente, {person.mail for person in people.values()})


def _list_givers(session: Session, taken: Sequence[Decision]) -> list[str]:
    """By whose delegation these seats were taken; nobody where the person holds the role."""
    numbers = [item.delegation_id for item in taken if item.delegation_id]
    query = select(Person.nom).join(Delegation, col(Delegation.delegant_id) == Person.id)
    return list(dict.fromkeys(session.exec(query.where(col(Delegation.id).in_(numbers))))) if numbers else []


def _list_awaited(lieu: Lieu, attente: Attente | None, spoke: set[str]) -> Iterator[Voix]:
    if attente is None:
        return
    taken = {voice.siege for voice in attente.voix}
    free = [seat for seat in attente.sieges if seat.role not in taken]
    seats = {mail: [seat for seat in free if mail in seat.decideurs] for seat in free for mail in seat.decideurs}
    for mail, held in seats.items():
        if mail not in spoke:
            yield Voix(lieu.entree.names([mail])[0], mail, tuple(dict.fromkeys(seat.libelle for seat in held)))


def may_see(lieu: Lieu, row: Gate, lecteur: Lisant) -> bool:
    """True for whoever may read the stage and, while its validation is open, give an opinion on it."""
    stage = BY_GATE[row.gate]
    etat = Etat(find_state(lieu, stage.slug).etat)
    return may_read(stage, etat, lecteur.roles) or not attempt(etat, Acte.AVISER, CONTENT, lecteur.roles).raisons


def list_shown(lieu: Lieu, row: Gate, lecteur: Lisant) -> Iterator[Document]:
    """What a gate shows of its own round, to who may read it; then what stages without a gate made before it."""
    stage = BY_GATE[row.gate]
    made = lieu.session.get_one(Round, row.round_id)
    for item in list_artefacts(lieu.session, made):
        audience = stage.find_audience(item.nom)
        if item.nom != RESULT_FILE and audience and audience.is_shown and is_for(audience, lecteur):
            yield Document(stage=stage.slug, phase="resultat", nom=item.nom, taille=item.size, sha256=item.sha256)
    before = {item.slug for item in stage.under_gate} - {stage.slug}
    for etape in list_etapes(lieu):
        if etape.slug in before:
            yield from (item for item in list_readable(lieu, etape, lecteur) if item.phase == "resultat")


def _list_notes(lieu: Lieu, gate: str) -> Iterator[str]:
    for note in list_explanations(lieu.session, lieu.cle, gate):
        nom = BY_SLUG[note.stage].nom
        yield f"« {nom} » revient sans changement, {note.nom} dit pourquoi : {note.texte or 'motif effacé'}"


def _list_recent(lieu: Lieu, attente: Attente) -> Iterator[str]:
    for mail, since in list_recent(lieu, attente.libres).items():
        yield f"le registre vient de donner ce rôle à {lieu.entree.names([mail])[0]}, le {french_instant(since)}"
