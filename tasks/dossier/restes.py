"""What people who returned something left blank in it, while their stage still waits for others."""

from __future__ import annotations

from nr_models.dossier.retours.suivi import Du
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG
from nr_models.values.days import paris_day
from tasks.dossier.making import load_case
from tasks.dossier.rounds import find_state
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu
from tasks.stages.hands import load_hands

_SEVERAL = ("collect", "prioritise")
"""The stages where several people return something: elsewhere what came in is the whole."""


def list_blanks(lieu: Lieu) -> tuple[Du, ...]:
    """The returns that are in with something left blank, as their authors are reminded of it."""
    standing = load_standing(lieu)
    found = []
    for stage in (BY_SLUG[slug] for slug in _SEVERAL):
        if standing.etat(stage) is not Etat.ATTEND_SAISIES:
            continue
        with lieu.reading() as ici:
            since = paris_day(find_state(ici, stage.slug).depuis)
        for item in load_hands(stage.slug).list_blanks(load_case(lieu, standing, stage)):
            if person := lieu.entree.find(item.personne):
                place = {"dossier": lieu.cle, "collectivite": lieu.dossier.nom, "stage": stage.slug}
                said = {"personne": person.mail, "nom": person.nom, "quoi": item.quoi, "blancs": item.blancs}
                found.append(Du(**place, **said, depuis=since))
    return tuple(found)
