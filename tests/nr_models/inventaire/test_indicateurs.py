"""Les indicateurs de l'inventaire, recomptés à la main sur des facteurs ronds."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.inventaire.indicateurs import Apart, Compte, Indicateurs, Mesure, measure
from nr_models.inventaire.parc import EmpreinteExterne
from nr_models.referentiel.facteurs import Facteurs
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import LigneInventaire
from tests.support.referentiels import FACTEURS, petit

REF = petit({})


def avec(**facteur: str) -> Referentiel:
    """Le petit référentiel, où la source ronde en sait davantage sur les portables."""
    facteurs = deepcopy(dict(FACTEURS))
    facteurs["categories"][0]["facteurs"][0] |= facteur
    parts = {name: getattr(REF, name) for name in Referentiel.model_fields}
    return Referentiel(**{**parts, "facteurs": Facteurs.model_validate(facteurs)})


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


def test_une_consommation_mesuree_remplace_celle_du_facteur() -> None:
    found = empreinte(mesurer(ligne("portable", 3, kwh_an="20"), ligne("portable", 2)).maitrisable, "ronde")
    assert found.kwh_an == 3 * 20 + 2 * 50
    (line,) = found.lignes
    assert (line.unites_relevees, line.kwh_releves, line.en_service_au_facteur) == (3, 60, 2)


def test_une_mesure_ne_compte_pas_pour_ce_qui_est_hors_service() -> None:
    found = empreinte(mesurer(ligne("portable", 3, kwh_an="20", hors_service=True)).maitrisable, "ronde")
    assert (found.kwh_an, found.fabrication_kg_an) == (0, 60)


def test_avec_une_puissance_connue_les_heures_donnent_les_kilowattheures() -> None:
    lines = (ligne("portable", 2, heures_an="1000"), ligne("portable", 1))
    measured = measure(lines, avec(puissance_w="30"), agents=None, year=2026).maitrisable
    assert empreinte(measured, "ronde").kwh_an == 2 * 30 + 50  # 30 W × 1 000 h


def test_un_reconditionne_garde_le_facteur_du_neuf_sauf_si_la_source_a_le_sien() -> None:
    lines = (ligne("portable", 2, reconditionne=True), ligne("portable", 1, reconditionne=False))
    new = mesurer(*lines).maitrisable
    assert empreinte(new, "ronde").fabrication_kg_an == 3 * 20
    assert new.reconditionne_au_facteur_neuf == 2
    own = measure(lines, avec(fabrication_reconditionne_kg="10"), agents=None, year=2026).maitrisable
    assert empreinte(own, "ronde").fabrication_kg_an == 2 * 2 + 20
    assert own.reconditionne_au_facteur_neuf == 0
    assert [line.reconditionne for line in empreinte(own, "ronde").lignes] == [False, True]


def test_la_part_non_calculee_se_montre() -> None:
    measured = mesurer(ligne("portable", 3), ligne("commutateur", 1)).maitrisable
    assert empreinte(measured, "ronde").part_non_calculee == Fraction(1, 4)
    assert empreinte(measured, "autre").part_non_calculee == 1


def test_chaque_ligne_de_l_empreinte_dit_son_annee_et_le_total_celle_de_l_electricite() -> None:
    found = empreinte(mesurer(ligne("ecran", 1)).maitrisable, "autre")
    assert [(line.categorie, line.annee) for line in found.lignes] == [("ecran", 2024)]
    assert (found.annee_electricite, found.facteur_electricite) == (2024, Decimal("0.5"))


def test_les_durees_de_vie_disent_de_quelles_sources_elles_viennent() -> None:
    measured = mesurer(ligne("portable", 1, annee_achat=2020), ligne("copieur", 1, annee_achat=2020)).maitrisable
    assert measured.sources_durees_vie == ("autre", "ronde")


def test_ce_qui_est_gere_ailleurs_ou_calcule_ailleurs_est_montre_et_jamais_compte() -> None:
    external = EmpreinteExterne(outil="Outil", version="2", date="2026-03-01", indicateur="GES", valeur=9, unite="kg")
    apart = Apart(ailleurs=(ligne("ecran", 4), ligne("ecran", 1, hors_service=True)), externes=(external,))
    lines = (ligne("portable", 2),)
    found = measure(lines, REF, agents=100, year=2026, apart=apart)
    assert found.ailleurs == (Compte(categorie="ecran", unites=5, hors_service=1),)
    assert found.externes == (external,)
    assert found.maitrisable == mesurer(*lines).maitrisable


def test_le_poids_des_deee_se_rapporte_aux_agents_quand_on_le_connait() -> None:
    declared = Apart(deee_kg=Decimal(250), pue=Decimal("1.6"))
    assert measure((), REF, agents=100, year=2026, apart=declared).deee_kg_par_agent == Fraction(5, 2)
    assert measure((), REF, agents=None, year=2026, apart=declared).deee_kg_par_agent is None
    assert mesurer().pue is None


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
        assert sum(line.unites for line in found.lignes) == found.unites
        assert sum(line.fabrication_kg_an + line.usage_kg_an for line in found.lignes) == found.total_kg_an
    assert sum(item.unites for item in measured.categories) == measured.unites
