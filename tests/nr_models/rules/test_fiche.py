"""Les fiches action : préremplies, complétées, vérifiées champ par champ."""

from __future__ import annotations

from fractions import Fraction

import pytest

from nr_models.rules import fiche
from tests.support.cas import Cas, cas_de
from tests.support.fiches import remplir, selection
from tests.support.referentiels import collectivite, petit

UN = petit({"achats": {"leviers": {"l1": {}}}})


@pytest.mark.parametrize("cas", cas_de("fiche"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    board = cas.content.get("embarque", True)
    result = remplir(UN, {"ana": {"l1": cas.get("saisie")}}, embarque=board, prestataires=cas.get("prestataires") or ())
    found, wanted = result.fiches[0], cas.attendu
    assert found.completude == Fraction(wanted["completude"])
    if "a_definir" in wanted:
        assert list(found.a_definir) == wanted["a_definir"]
    if "vides" in wanted:
        assert list(found.vides) == wanted["vides"]
    if "vides_contient" in wanted:
        assert wanted["vides_contient"] in found.vides
    if "anomalies" in wanted:
        assert [item.code for item in result.anomalies] == wanted["anomalies"]


def test_une_fiche_est_preremplie_de_son_levier() -> None:
    found = remplir(UN, {}).fiches[0]
    levier = UN.leviers["l1"]
    assert found.saisie.resultats == levier.resultats_attendus
    assert [item.action for item in found.saisie.actions] == ["Une action"]
    assert [item.indicateur for item in found.saisie.indicateurs] == ["Un indicateur"]
    assert (found.numero, found.titre, found.priorite, found.difficulte) == (1, levier.titre, "recommandee", "facile")
    assert found.completude == Fraction(2, 12)  # résultats et actions ; un indicateur sans valeur est vide


def test_les_champs_remplis_a_definir_et_vides_font_le_tout() -> None:
    found = remplir(UN, {"ana": {"l1": {"fin": "À définir", "responsable": "DSI"}}}).fiches[0]
    said = found.completude * len(fiche.FIELDS)
    assert said + len(found.a_definir) + len(found.vides) == len(fiche.FIELDS)


def test_de_deux_retours_la_fiche_la_plus_complete_tient_quel_que_soit_l_ordre() -> None:
    full = {"l1": {"responsable": "DSI", "debut": "Mars 2026", "fin": "Mai 2026"}}
    half = {"l1": {"responsable": "Achats", "debut": "Mars 2026", "perimetre": ("La DSIM",), "dispositifs": ("PCAET",)}}
    for retours in ({"ana": full, "bob": half}, {"bob": half, "ana": full}):
        result = remplir(UN, retours)
        assert result.fiches[0].saisie.responsable == "Achats"
        assert [(item.code, item.detail) for item in result.anomalies] == [("fiche-double", "bob@ville.fr")]


def test_une_fiche_rendue_vierge_n_efface_pas_celle_d_un_autre() -> None:
    blank = fiche.prefill(UN.leviers["l1"])
    filled = blank.model_copy(update={"responsable": "DSI"})
    inputs = fiche.Inputs(
        collectivite=collectivite(),
        dispositifs=(),
        prestataire_embarque=True,
        prioritise=selection(UN, ["l1"]),
        retours=(
            fiche.RetourFiches(personne="ana@ville.fr", fiches=(filled,)),
            fiche.RetourFiches(personne="bob@ville.fr", fiches=(blank,)),
        ),
    )
    result = fiche.build(inputs, UN)
    assert result.fiches[0].saisie == filled
    assert result.anomalies == ()


def test_les_fiches_sont_attendues_tant_que_personne_n_a_rendu_le_classeur() -> None:
    inputs = fiche.Inputs(
        collectivite=collectivite(), dispositifs=(), prestataire_embarque=True, prioritise=selection(UN, [])
    )
    assert [item.quoi for item in fiche.missing(inputs)] == ["fiches"]
    assert fiche.missing(inputs.model_copy(update={"retours": (fiche.RetourFiches(personne="", fiches=()),)})) == ()
