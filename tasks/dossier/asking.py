"""Tell people whose turn it is, in the transaction that makes it so: each once, however often it is said again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from sqlmodel import Session

from nr_models.dossier.case import Manquant
from nr_models.dossier.gates import Ouverture
from nr_models.dossier.registre import Personne
from nr_models.dossier.retours.appel import plan_appels, waits_for_others
from nr_models.dossier.workflow import Etat
from nr_models.stages import Stage
from nr_models.tables import Gate, find_id
from nr_models.values.roles import Role
from tasks.dossier.rounds import find_round, find_state, load_envoi
from tasks.programme.lieu import Lieu
from tasks.store.outbox import Consigne, enqueue
from tasks.trail import chain


def ask_supports(lieu: Lieu, stage: Stage, manquants: Iterable[Manquant]) -> None:
    """Write to those who owe something to a stage that waits: once a person and a round of what they owe."""
    envoi = load_envoi(find_round(lieu, stage.slug, "envoi"))
    for mail, tour in plan_appels(stage, lieu.entree, envoi, manquants).items():
        _enqueue(lieu, Consigne.SAISIE, stage, tour, mail)


def tell_complete(lieu: Lieu, stage: Stage) -> None:
    """Tell the référents that all that was asked came, where others than themselves owed some of it."""
    with lieu.writing() as ici:
        state = find_state(ici, stage.slug)
        if state.etat != Etat.ATTEND_SAISIES:
            return
        manquants = [Manquant.model_validate(item) for item in json.loads(state.manquants)]
        sent = find_round(ici, stage.slug, "envoi")
        if not waits_for_others(ici.entree, manquants):
            return
        for person in ici.entree.holders(Role.REFERENT):
            _enqueue(ici, Consigne.COMPLET, stage, sent.numero if sent else 0, person.mail)


def tell_outcome(lieu: Lieu, gate: Gate, author: str, decisions: Collection[int]) -> None:
    """Tell who leads a dossier how a validation ended; its author, who has a receipt, is not told twice."""
    for person in _list_told(lieu, Ouverture(gate.etat)):
        if person.mail != author:
            key = f"{Consigne.ISSUE}:{gate.id}:{max(decisions, default=0)}:{_number(lieu.session, person)}"
            enqueue(lieu.session, Consigne.ISSUE, key, {"gate": gate.id, "issue": gate.etat, "mail": person.mail})


def _list_told(lieu: Lieu, issue: Ouverture) -> Iterable[Personne]:
    """The référents; a refusal stops the dossier, and the équipe programme hears of it too."""
    roles = (Role.REFERENT, *((Role.EQUIPE_PROGRAMME,) if issue is Ouverture.REFUSEE else ()))
    return {person.mail: person for role in roles for person in lieu.entree.holders(role)}.values()


def _enqueue(lieu: Lieu, consigne: Consigne, stage: Stage, tour: int, mail: str) -> None:
    person = lieu.entree.find(mail)
    if person is not None:
        key = f"{consigne}:{lieu.dossier.id}:{stage.slug}:{tour}:{_number(lieu.session, person)}"
        payload = {"dossier": find_id(lieu.dossier), "stage": stage.slug, "mail": mail}
        enqueue(lieu.session, consigne, key, payload)


def _number(session: Session, person: Personne) -> int:
    """A person as a key names them: by number, for an address would outlive an erasure."""
    return find_id(chain.find_person(session, person.mail, person.nom))
