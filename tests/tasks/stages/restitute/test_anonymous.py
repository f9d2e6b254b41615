"""Ce qui est diffusé ne nomme personne, de quelque façon qu’un nom soit écrit."""

from __future__ import annotations

import pytest

from tasks.stages.restitute.anonymous import anonymiser
from tests.support.decks import rendered, words
from tests.support.decks_case import ENTREE, PEOPLE


def test_la_restitution_ne_nomme_personne_dans_aucune_partie() -> None:
    found = words(rendered("restitution"))
    assert "les écoles n’ont pas de suivi du matériel" in found
    for person in PEOPLE:
        assert person.nom not in found
        assert person.mail not in found


@pytest.mark.parametrize("text", ["Vu avec MOREL Anne.", "M. Bon et Mme Roy", "anne.morel@ex.fr", "zoé petit l’a dit"])
def test_un_nom_est_masque_de_quelque_facon_qu_on_l_ecrive(text: str) -> None:
    shown = anonymiser(ENTREE)(text).lower()
    assert "une personne" in shown
    assert not {"morel", "bon", "roy", "petit"} & set(shown.replace(".", " ").split())


@pytest.mark.parametrize(
    ("nom", "text"),
    [
        ("Hélène Lefèvre", "HELENE LEFEVRE"),
        ("Hélène Lefèvre", "Mme Lefevre"),
        ("Anne-Marie Morvannec", "Anne Marie Morvannec"),
        ("Anne-Marie Morvannec", "Mme. Morvannec"),
        ("Anne-Marie Morvannec", "M Morvannec"),
        ("Anne-Marie Morvannec", "Docteur Morvannec"),
        ("Anne-Marie Morvannec", "M. le maire Morvannec"),
        ("Anne-Marie Morvannec", "Mme la 1ère adjointe Morvannec"),
        ("Anne-Marie Morvannec", "Mme A.-M. Morvannec"),
        ("Anne-Marie Morvannec", "Anne-Marie Morvannec-Durand"),
        ("Anne de La Tour", "Mme de La Tour"),
        ("Anne de La Tour", "Madame DE LA TOUR"),
        ("Anne de La Tour", "LA TOUR Anne"),
        ("Anne d’Hérin", "Herin Anne"),
        ("Jean Pierre Martin", "MARTIN Jean Pierre"),
        ("Jean Pierre Martin", "Jean-Pierre Martin"),
    ],
)
def test_rien_d_un_nom_ne_reste_dans_ce_qui_est_diffuse(nom: str, text: str) -> None:
    entree = ENTREE.model_copy(update={"personnes": (PEOPLE[0].model_copy(update={"nom": nom}),)})
    assert anonymiser(entree)(f"Selon {text}, le parc est vieux.") == "Selon une personne, le parc est vieux."


@pytest.mark.parametrize("text", ["MM. Bon et Petit", "Mmes Morel, Roy et Petit", "Mesdames Roy ou Anne Morel"])
def test_plusieurs_personnes_se_masquent_apres_une_seule_civilite(text: str) -> None:
    assert anonymiser(ENTREE)(f"Selon {text}, le parc est vieux.") == "Selon une personne, le parc est vieux."


def test_un_mot_courant_qui_est_aussi_un_nom_reste_lisible() -> None:
    assert anonymiser(ENTREE)("Un bon suivi du petit matériel") == "Un bon suivi du petit matériel"
