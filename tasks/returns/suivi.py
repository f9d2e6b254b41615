"""Follow returns: who owes what since when, reminders to send, corrections that a référent asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.case import Manquant
from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Personne
from nr_models.dossier.retours.envoi import Envoi
from nr_models.dossier.retours.suivi import Du, Quoi, Rappel, find_deadline, gather_rappels, plan_rappels
from nr_models.dossier.workflow import Etat
from nr_models.rules.entretiens import RetourCalendrier
from nr_models.stages import BY_SLUG, Stage, find_returns
from nr_models.tables import Avancement, Correction, Dossier, Person, Programme, Round, find_id
from nr_models.tables import Relance as Row
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.frozen import canonical
from tasks.office.courrier import write_courrier
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, list_dossiers, load_entree, load_kept_referentiel
from tasks.returns.comptes import list_counted, list_signatures
from tasks.store.clock import now
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.paroles import load_words

NOMS = {
    "diagnostic": "le questionnaire de diagnostic",
    "contexte": "le contexte de la collectivité",
    "inventaire": "l’inventaire du parc",
    "preselection": "le classeur de présélection",
    "bulletin": "le bulletin de vote",
    "fiches": "le classeur des fiches action",
    "calendrier": "la répartition et le calendrier des entretiens",
    "arbitrages": "le classeur « À trancher »",
}
"""What people call each return that can be owed or corrected, with its article."""


_COLLECT = "collect"


class Relance(NamedTuple):
    """A reminder to send to one person; ``cles`` name what it is about."""

    mail: str
    nom: str
    sujet: str
    texte: str
    cles: tuple[str, ...]


def list_dus(workspace: Workspace, session: Session, dossiers: Iterable[tuple[Programme, Dossier]]) -> tuple[Du, ...]:
    """All that people owe in these dossiers, and what they are asked to correct; the oldest first."""
    found = (
        item
        for programme, dossier in dossiers
        for item in (
            *_awaited(Lieu(workspace, programme, dossier, session)),
            *list_to_correct(Lieu(workspace, programme, dossier, session)),
        )
    )
    return tuple(sorted(found, key=lambda item: (item.depuis, item.cle)))


def plan_relances(
    workspace: Workspace, session: Session, programme: Programme, dossiers: Sequence[Dossier] = ()
) -> tuple[Relance, ...]:
    """The reminders due today in a programme, or in these dossiers: one a person, never two within the days set."""
    dossiers = dossiers or list_dossiers(session, programme)
    if not dossiers:
        return ()
    figures = load_kept_referentiel(workspace, dossiers[0]).parametres.collecte
    dus = list_dus(workspace, session, ((programme, dossier) for dossier in dossiers))
    due = plan_rappels(dus, list_reminded(session, programme), paris_day(now()), figures)
    return _write_all(due, ((programme, dossier) for dossier in dossiers))


def write_relances(dus: Iterable[Du], dossiers: Iterable[tuple[Programme, Dossier]]) -> tuple[Relance, ...]:
    """A reminder to each person who owes one of these, whatever was sent before: somebody asks for it."""
    return _write_all(gather_rappels(dus), dossiers)


def _write_all(rappels: Iterable[Rappel], dossiers: Iterable[tuple[Programme, Dossier]]) -> tuple[Relance, ...]:
    leaders = {cle(programme, dossier): load_entree(dossier).leader for programme, dossier in dossiers}
    return tuple(_write(rappel, leaders[rappel.dus[0].dossier], paris_day(now())) for rappel in rappels)


def list_reminded(session: Session, programme: Programme) -> dict[str, date]:
    """The day of the last reminder of each person, by address."""
    query = select(Person.mail, Row.drafted_at).join(Person, col(Person.id) == Row.person_id)
    rows = session.exec(query.where(Row.programme_id == programme.id).order_by(col(Row.id)))
    return {mail: paris_day(instant) for mail, instant in rows}


def record_relance(session: Session, programme: Programme, relance: Relance, *, automatique: bool = False) -> None:
    """Keep that a reminder was drafted or sent, with an event in the chain of each dossier it is about."""
    person = chain.find_person(session, relance.mail, relance.nom)
    session.add(
        Row(
            programme_id=find_id(programme),
            person_id=find_id(person),
            cles=canonical(relance.cles),
            drafted_at=now(),
        )
    )
    for dossier, stage in sorted({(key.split(":")[0], key.split(":")[1]) for key in relance.cles}):
        donnees = {"stage": stage, "a": [person.commitment], "retours": True}
        chain.append(session, dossier, Fait.RELANCE, donnees, automatique=automatique)


def _awaited(lieu: Lieu) -> Iterator[Du]:
    """What stages that wait still miss, unless somebody closed them on it."""
    query = select(Avancement).where(Avancement.dossier_id == lieu.dossier.id, Avancement.etat == Etat.ATTEND_SAISIES)
    states = lieu.session.exec(query.order_by(col(Avancement.id))).all()
    if not states:
        return
    entree, calendrier = lieu.entree, lieu.referentiel.calendrier
    chosen = _load_calendar(lieu).echeance
    for state in states:
        sent = _Sent(lieu, state)
        accepted = {Manquant.model_validate(item) for item in json.loads(state.clos)}
        fixed = chosen if state.slug == _COLLECT else None
        for item in (Manquant.model_validate(one) for one in json.loads(state.manquants)):
            owner = entree.find(item.personne) if item.personne else entree.leader
            if item in accepted or owner is None:
                continue
            since = sent.day_of(item.quoi, owner.mail)
            yield Du(
                dossier=lieu.cle,
                collectivite=lieu.dossier.nom,
                stage=state.slug,
                quoi=item.quoi,
                personne=owner.mail,
                nom=owner.nom,
                depuis=since,
                echeance=fixed or find_deadline(calendrier, state.slug, since),
                correction=Quoi.INCORRECT if item.cellules else None,
                commentaire=f"{' ; '.join(item.cellules)}, qui n’a pas pu être lu" if item.cellules else "",
            )


def tell_to_correct(lieu: Lieu, stage: Stage) -> list[str]:
    """What is asked to be corrected, and was not, of what a stage rests on: whose return, why, what to do of it."""
    return [
        f"{NOMS.get(item.quoi, item.quoi)} de {item.nom} ({item.correction.nom if item.correction else ''}) : "
        f"{item.commentaire or 'motif effacé'}"
        for item in list_to_correct(lieu)
        if item.stage in BY_SLUG and BY_SLUG[item.stage].numero <= stage.numero
    ]


def list_to_correct(lieu: Lieu) -> Iterator[Du]:
    """The corrections asked on returns that are still in force."""
    query = select(Correction, Person).join(Person, col(Person.id) == Correction.person_id)
    rows = lieu.session.exec(query.where(Correction.dossier_id == lieu.dossier.id).order_by(col(Correction.id))).all()
    words = load_words(lieu.session, (row.commentaire for row, _ in rows))
    for row, person in rows:
        if find_said(lieu, person.mail).get(row.type) == row.value_digest:
            stage = find_returns(row.type)
            yield Du(
                dossier=lieu.cle,
                collectivite=lieu.dossier.nom,
                stage=stage.slug if stage else "",
                quoi=row.type,
                personne=person.mail,
                nom=person.nom,
                depuis=paris_day(row.asked_at),
                correction=Quoi(row.quoi),
                commentaire=words.get(row.commentaire, ""),
            )


class _Sent:
    """When the supports of a stage went out: each in the round in which it last changed."""

    def __init__(self, lieu: Lieu, state: Avancement) -> None:
        query = select(Round).where(
            Round.dossier_id == lieu.dossier.id, Round.stage == state.slug, Round.phase == "envoi"
        )
        rounds = lieu.session.exec(query.order_by(col(Round.numero))).all()
        self._days = {row.numero: paris_day(row.made_at) for row in rounds}
        value = rounds[-1].value if rounds else "null"
        self._envoi = Envoi() if value == "null" else Envoi.model_validate_json(value)
        self._default = paris_day(state.depuis)

    def day_of(self, kind: str, mail: str) -> date:
        """The day a person was sent that support."""
        own = self._envoi.find_own(kind, mail)
        return self._days.get(own or 0, self._default)


def _load_calendar(lieu: Lieu) -> RetourCalendrier:
    """What the référent prepared last; a blank calendar before that."""
    rows = sorted((row for row in list_counted(lieu) if row.type == "calendrier"), key=lambda row: row.batch)
    last = rows[-1].value if rows else ""
    return RetourCalendrier.model_validate_json(last) if last and last != "null" else RetourCalendrier()


def find_said(lieu: Lieu, mail: str) -> Mapping[str, str]:
    """What a person's latest return of each type that counts says, as a digest; an unsigned one is the référent's."""
    leader = lieu.entree.leader
    owners = {mail, *([""] if leader and leader.mail == mail else [])}
    theirs = (row for row in list_signatures(lieu) if row.personne in owners and row.type in NOMS)
    return {row.type: row.value_digest for row in sorted(theirs, key=lambda row: row.batch)}


def _write(rappel: Rappel, leader: Personne | None, today: date) -> Relance:
    dus = [
        {
            "collectivite": item.collectivite,
            "quoi": NOMS.get(item.quoi, item.quoi),
            "depuis": french_date(item.depuis),
            "echeance": french_date(item.echeance) if item.echeance else "",
            "retard": bool(item.days_late(today)),
            "correction": item.correction.nom if item.correction else "",
            "blancs": item.blancs,
            "commentaire": item.commentaire or "voyez avec votre référent",
        }
        for item in rappel.dus
    ]
    signed = leader.nom if leader and leader.mail != rappel.personne else "L’équipe de la démarche"
    courrier = write_courrier("rappel", nom=rappel.nom, dus=dus, referent=signed)
    return Relance(rappel.personne, rappel.nom, courrier.sujet, courrier.texte, tuple(item.cle for item in rappel.dus))
