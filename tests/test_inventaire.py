"""Les indicateurs de l'inventaire, recomptés à la main sur des facteurs ronds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.collect import LigneInventaire
from nr_models.inventaire import Indicateurs, Mesure, measure
from tests.referentiels import petit

REF = petit({})


def ligne(categorie: str, quantite: int, **said: Any) -> LigneInventaire:
    return LigneInventaire(categorie=categorie, quantite=quantite, **said)


def mesurer(*lignes: LigneInventaire, agents: int | None = 100, year: int | None = 2026) -> Indicateurs:
    return measure(lignes, REF, agents=agents, year=year)


def empreinte(mesure: Mesure, source: str) -> Any:
    return next(item for item in mesure.empreintes if item.source == source)


def test_l_empreinte_ajoute_la_fabrication_par_annee_et_l_usage() -> None:
    found = empreinte(mesurer(ligne("portable", 10), ligne("ecran", 20)).maitrisable, "ronde")
    assert found.fabrication_kg_an == 10 * 20 + 20 * 10  # 100 ÷ 5 et 60 ÷ 6 par unité
    assert found.kwh_an == 10 * 50 + 20 * 100
    assert found.usage_kg_an == 250  # 2 500 kWh × 0,1
    assert found.total_kg_an == 650
    assert (found.unites, found.unites_non_calculees) == (30, 0)


def test_un_calcul_ne_melange_jamais_deux_sources() -> None:
    measured = mesurer(ligne("portable", 10), ligne("ecran", 2), ligne("copieur", 1), ligne("commutateur", 4))
    ronde, autre = (empreinte(measured.maitrisable, item) for item in ("ronde", "autre"))
    assert ronde.categories_non_calculees == ("commutateur", "copieur")
    assert (ronde.unites, ronde.unites_non_calculees) == (12, 5)
    assert autre.categories_non_calculees == ("commutateur", "portable")
    assert autre.usage_kg_an == (2 * 80 + 200) * Fraction(1, 2)
    assert autre.fabrication_kg_an == 2 * 15 + 120


def test_un_equipement_hors_service_n_a_pas_d_usage_mais_garde_sa_fabrication() -> None:
    measured = mesurer(ligne("portable", 10, hors_service=True)).maitrisable
    found = empreinte(measured, "ronde")
    assert (found.kwh_an, found.fabrication_kg_an) == (0, 200)
    assert (measured.unites, measured.hors_service, measured.unites_par_agent) == (10, 10, 0)


def test_l_age_moyen_ne_compte_que_les_unites_datees() -> None:
    measured = mesurer(
        ligne("portable", 3, annee_achat=2020),
        ligne("portable", 1, annee_achat=2024),
        ligne("portable", 6),
        ligne("ecran", 5, annee_achat=2030),
    ).maitrisable
    assert measured.unites_datees == 4
    assert measured.age_moyen == 5  # (3 × 6 + 1 × 2) ÷ 4


def test_la_duree_de_vie_est_depassee_apres_sa_derniere_annee() -> None:
    lines = (ligne("portable", 3, annee_achat=2021), ligne("portable", 1, annee_achat=2020))
    assert mesurer(*lines).maitrisable.part_depassee == Fraction(1, 4)  # cinq ans juste, puis six ans


def test_les_rapports_aux_agents() -> None:
    measured = mesurer(ligne("ecran", 150), ligne("portable", 50), ligne("copieur", 4)).maitrisable
    assert measured.unites_par_agent == Fraction(204, 100)
    assert measured.ecrans_par_agent == Fraction(3, 2)
    assert measured.agents_par_imprimante == 25


def test_ce_qu_on_ne_peut_pas_dire_reste_inconnu_et_jamais_zero() -> None:
    measured = mesurer(ligne("portable", 5), agents=None, year=None).maitrisable
    assert measured.unites_par_agent is None
    assert measured.age_moyen is None
    assert measured.part_depassee is None
    assert measured.part_reconditionnee is None
    assert mesurer(ligne("portable", 5)).maitrisable.agents_par_imprimante is None


def test_la_part_de_reconditionne_ne_compte_que_ce_qu_on_sait() -> None:
    measured = mesurer(
        ligne("portable", 1, reconditionne=True), ligne("portable", 3, reconditionne=False), ligne("portable", 9)
    ).maitrisable
    assert measured.part_reconditionnee == Fraction(1, 4)
    assert measured.reconditionne_au_facteur_neuf == 1


def test_le_perimetre_d_influence_et_les_sites_sont_montres_a_part() -> None:
    found = mesurer(
        ligne("portable", 5, site="Mairie"),
        ligne("portable", 2, site="École"),
        ligne("portable", 1),
        ligne("portable", 7, perimetre="influence", site="Mairie"),
    )
    assert (found.maitrisable.unites, found.influence.unites) == (8, 7)
    assert [(item.nom, item.unites) for item in found.sites] == [("Mairie", 5), ("École", 2)]


@pytest.mark.parametrize("hours", [None, "100", "8760"])
def test_sans_puissance_connue_les_heures_ne_changent_pas_les_kilowattheures(hours: str | None) -> None:
    assert empreinte(mesurer(ligne("portable", 1, heures_an=hours)).maitrisable, "ronde").kwh_an == 50


@given(
    st.lists(
        st.tuples(st.sampled_from(["portable", "ecran", "copieur", "commutateur"]), st.integers(0, 50), st.booleans())
    )
)
def test_les_unites_calculees_et_non_calculees_font_le_tout(items: list[tuple[str, int, bool]]) -> None:
    measured = mesurer(*(ligne(name, count, hors_service=out) for name, count, out in items)).maitrisable
    for found in measured.empreintes:
        assert found.unites + found.unites_non_calculees == measured.unites
    assert sum(item.unites for item in measured.categories) == measured.unites
