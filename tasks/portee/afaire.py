"""What a person is to do, in all their dossiers: decide, hand in; what is overdue first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.attendu import Suite
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.tables import Dossier, Membre, Programme, find_id
from nr_models.values.days import paris_day
from nr_models.values.roles import Role
from tasks.dossier.board import LigneTableau, load_board, load_line
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, load_entree
from tasks.returns.suivi import NOMS, list_dus
from tasks.store.clock import now
from tasks.store.workspace import Workspace

_WHOLE = 8
"""Dossiers of a programme from which its whole board costs less than a line for each."""
_OWE = frozenset(Role) - {Role.EQUIPE_PROGRAMME, Role.LECTEUR}
"""The roles that hand something in; who leads a wave is not asked dossier by dossier."""


_TO_TAKE_UP = {Etat.A_CORRIGER: "Corriger", Etat.REFUSE: "Rouvrir, ou laisser arrêtée,"}
"""What whoever leads a dossier is to do of a stage that was sent back or refused."""


class Tache(NamedTuple):
    """Something that a person is to do; ``gate`` is the validation, "" where it is a return that they owe."""

    cle: str
    collectivite: str
    quoi: str
    depuis: date
    echeance: date | None
    retard: bool
    stage: str
    gate: str = ""


class Sien(NamedTuple):
    """A dossier of a person, and what comes next there."""

    cle: str
    nom: str
    suite: Suite


class Accueil(NamedTuple):
    """What a person finds when they come in; ``programmes`` are those that they lead."""

    nom: str
    taches: tuple[Tache, ...]
    dossiers: tuple[Sien, ...]
    programmes: tuple[str, ...]


def load_accueil(workspace: Workspace, session: Session, mail: str) -> Accueil:
    """Everything that awaits a person, and their dossiers."""
    found = _list_memberships(session, mail)
    taches: list[Tache] = []
    dossiers: list[Sien] = []
    nom = mail
    for programme, places in found:
        lines = _load_lines(workspace, session, programme, [dossier for dossier, _ in places])
        for dossier, _ in places:
            entree, line = load_entree(dossier), lines[dossier.slug]
            if person := entree.find(mail):
                nom = person.nom
            taches += _to_decide(cle(programme, dossier), line, mail, Lieu(workspace, programme, dossier, session))
            dossiers.append(Sien(cle(programme, dossier), dossier.nom, line.tell_next(entree.names)))
        owing = [(programme, dossier) for dossier, roles in places if roles & _OWE]
        taches += _to_hand_in(workspace, session, owing, mail)
    led = [item.slug for item, places in found if any(Role.EQUIPE_PROGRAMME in roles for _, roles in places)]
    return Accueil(nom, tuple(sorted(taches, key=_urgency)), tuple(dossiers), tuple(led))


_Place = tuple[Dossier, frozenset[str]]


def _list_memberships(session: Session, mail: str) -> list[tuple[Programme, list[_Place]]]:
    """The dossiers where they are, by programme: the index finds them in one query, the registry gives the roles."""
    query = (
        select(Programme, Dossier)
        .join(Dossier, col(Dossier.programme_id) == Programme.id)
        .where(col(Dossier.id).in_(select(Membre.dossier_id).where(Membre.mail == mail)))
        .order_by(Programme.slug, Dossier.nom)
    )
    programmes: dict[int, tuple[Programme, list[_Place]]] = {}
    for programme, dossier in session.exec(query):
        if person := load_entree(dossier).find(mail):
            _, places = programmes.setdefault(find_id(programme), (programme, []))
            places.append((dossier, frozenset(role.value for role in person.roles)))
    return list(programmes.values())


def _load_lines(
    workspace: Workspace, session: Session, programme: Programme, dossiers: Sequence[Dossier]
) -> dict[str, LigneTableau]:
    if len(dossiers) >= _WHOLE:
        return {line.slug: line for line in load_board(workspace, session, programme).dossiers}
    return {item.slug: load_line(Lieu(workspace, programme, item, session)) for item in dossiers}


def _to_decide(key: str, line: LigneTableau, mail: str, lieu: Lieu) -> Iterator[Tache]:
    awaited = line.attend
    if awaited is None or mail not in awaited.personnes:
        return
    if awaited.etat in _TO_TAKE_UP:
        verb = _TO_TAKE_UP[awaited.etat]
        quoi = f"{verb} l’étape « {BY_SLUG[awaited.stage].nom} »"
        yield Tache(key, line.nom, quoi, paris_day(awaited.depuis), None, retard=False, stage=awaited.stage)
    if not awaited.gate:
        return
    validation = lieu.referentiel.validation.find(awaited.gate)
    yield Tache(
        cle=key,
        collectivite=line.nom,
        quoi=f"Valider {validation.nom if validation else awaited.gate}",
        depuis=paris_day(awaited.depuis),
        echeance=awaited.echeance,
        retard=awaited.en_retard,
        stage=BY_GATE[awaited.gate].slug,
        gate=awaited.gate,
    )


def _to_hand_in(
    workspace: Workspace, session: Session, places: Iterable[tuple[Programme, Dossier]], mail: str
) -> Iterator[Tache]:
    today = paris_day(now())
    for item in list_dus(workspace, session, places):
        if item.personne != mail:
            continue
        verb = "Corriger" if item.correction else "Compléter" if item.blancs else "Rendre"
        yield Tache(
            cle=item.dossier,
            collectivite=item.collectivite,
            quoi=f"{verb} {NOMS.get(item.quoi, item.quoi)}",
            depuis=item.depuis,
            echeance=item.echeance,
            retard=bool(item.days_late(today)),
            stage=BY_SLUG[item.stage].slug,
        )


def _urgency(tache: Tache) -> tuple[bool, date, date, str]:
    """What is overdue first, then what is due first; of the same day, the oldest."""
    return (not tache.retard, tache.echeance or date.max, tache.depuis, tache.cle)
