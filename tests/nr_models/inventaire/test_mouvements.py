"""Ce qui a bougé d'un inventaire à l'autre, et quand c'est assez pour entrer en vigueur."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.inventaire.mouvements import Mouvement, list_movements
from nr_models.inventaire.parc import LigneInventaire, RetourInventaire
from nr_models.inventaire.refresh import Difference, compare_inventories, content_digest, describe, list_exceeded
from tests.support.referentiels import petit

REF = petit({}, {"inventaire": {f"seuil_{name}": "5" for name in ("unites", "kwh", "kgco2e", "part_depassee")}})


def ligne(quantite: int, categorie: str = "portable", **said: Any) -> LigneInventaire:
    return LigneInventaire(categorie=categorie, quantite=quantite, **said)


def bouge(before: list[LigneInventaire], after: list[LigneInventaire]) -> list[tuple[str, int]]:
    return [(item.nature, item.unites) for item in list_movements(before, after)]


def comparer(before: list[LigneInventaire], after: list[LigneInventaire]) -> Difference:
    retours = [[RetourInventaire(lignes=tuple(lines))] if lines else [] for lines in (before, after)]
    return compare_inventories(retours[0], retours[1], REF, 2026)


LIGNES = st.lists(
    st.builds(
        ligne,
        st.integers(1, 20),
        st.sampled_from(["portable", "ecran", "copieur"]),
        modele=st.sampled_from(["", "A", "B"]),
        annee_achat=st.sampled_from([None, 2019, 2024]),
        site=st.sampled_from(["", "Mairie", "École"]),
        hors_service=st.booleans(),
    ),
    max_size=6,
)


@given(LIGNES, LIGNES)
def test_ce_qui_y_etait_plus_les_arrivees_moins_les_departs_fait_ce_qui_y_est(
    before: list[LigneInventaire], after: list[LigneInventaire]
) -> None:
    units = Counter[str]()
    for item in list_movements(before, after):
        units[item.nature] += item.unites
    was, now = (sum(line.quantite for line in lines) for lines in (before, after))
    assert was + units["arrive"] - units["parti"] == now
    assert units["deplace"] + units["modifie"] + units["arrive"] <= now


@given(LIGNES, st.randoms(use_true_random=False))
def test_le_meme_inventaire_dans_un_autre_ordre_et_decoupe_autrement_ne_bouge_pas(
    lines: list[LigneInventaire], chance: Random
) -> None:
    split = [item.model_copy(update={"quantite": 1}) for item in lines for _ in range(item.quantite)]
    assert not list_movements(lines, chance.sample(split, len(split)))


@given(LIGNES, LIGNES)
def test_au_retour_les_arrivees_sont_les_departs(before: list[LigneInventaire], after: list[LigneInventaire]) -> None:
    there, back = dict.fromkeys(("arrive", "parti"), 0), dict.fromkeys(("arrive", "parti"), 0)
    for found, moves in ((there, list_movements(before, after)), (back, list_movements(after, before))):
        for item in moves:
            if item.nature in found:
                found[item.nature] += item.unites
    assert (there["arrive"] - there["parti"]) == (back["parti"] - back["arrive"])


def test_une_machine_connue_qui_change_de_site_est_deplacee_et_celle_qui_tombe_en_panne_modifiee() -> None:
    before = [ligne(1, site="Mairie", identites=("serie:a",)), ligne(1, site="Mairie", identites=("serie:b",))]
    after = [
        ligne(1, site="École", identites=("serie:a",)),
        ligne(1, site="Mairie", identites=("serie:b",), hors_service=True),
    ]
    assert bouge(before, after) == [("deplace", 1), ("modifie", 1)]


def test_un_materiel_sans_numero_qui_change_de_site_est_deplace() -> None:
    assert list_movements([ligne(5, site="Mairie")], [ligne(3, site="Mairie"), ligne(2, site="École")]) == (
        Mouvement(nature="deplace", categorie="portable", de="Mairie", vers="École", unites=2),
    )


def test_une_annee_d_achat_enfin_connue_est_une_modification_une_autre_annee_un_autre_materiel() -> None:
    assert bouge([ligne(4)], [ligne(4, annee_achat=2020)]) == [("modifie", 4)]
    assert bouge([ligne(4, annee_achat=2015)], [ligne(4, annee_achat=2026)]) == [("arrive", 4), ("parti", 4)]


def test_ce_qui_est_gere_ailleurs_ne_compte_d_aucun_cote() -> None:
    assert not comparer([ligne(10)], [ligne(10), ligne(50, gere_ailleurs=True)]).mouvements


@pytest.mark.parametrize(
    ("after", "beyond"),
    [
        ([ligne(100)], []),
        ([ligne(105)], []),
        ([ligne(106)], ["unités", "électricité", "empreinte"]),
        ([ligne(94)], ["unités", "électricité", "empreinte"]),
        ([ligne(100, hors_service=True)], ["électricité", "empreinte"]),
        ([ligne(100, modele="neuf")], ["unités"]),
    ],
)
def test_un_ecart_juste_au_seuil_attend_et_au_dela_entre_en_vigueur(
    after: list[LigneInventaire], beyond: list[str]
) -> None:
    found = comparer([ligne(100)], after)
    assert [item.quoi for item in list_exceeded(found, REF.parametres.inventaire)] == beyond


def test_un_parc_qui_vieillit_d_un_coup_depasse_le_seuil_de_la_duree_de_vie() -> None:
    found = comparer(
        [ligne(50, annee_achat=2024), ligne(50, annee_achat=2015)],
        [ligne(50, annee_achat=2024), ligne(50, annee_achat=2015), ligne(1, annee_achat=2010)],
    )
    assert found.ecart_depassee == Fraction(51, 101) - Fraction(1, 2)
    known = comparer([ligne(100)], [ligne(90), ligne(10, annee_achat=2010)])
    assert known.ecart_depassee is None


def test_le_contenu_ne_depend_ni_de_l_annee_du_releve_ni_de_l_adresse() -> None:
    first = RetourInventaire(lignes=(ligne(3),), annee=2026, fichier="a")
    assert content_digest(first) == content_digest(RetourInventaire(lignes=(ligne(3),), annee=2027, fichier="b"))
    assert content_digest(first) != content_digest(RetourInventaire(lignes=(ligne(4),), annee=2026))


def test_une_difference_se_dit_en_une_phrase() -> None:
    assert describe(comparer([ligne(10)], [ligne(12), ligne(1, "ecran")])) == "3 arrivés"
    assert describe(comparer([ligne(1)], [ligne(1)])) == "aucun changement"
