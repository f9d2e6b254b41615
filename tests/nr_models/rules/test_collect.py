"""La collecte : ce que les gens ont renvoyé, consolidé question par question."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.registre import questions_asked
from nr_models.rules import collect
from nr_models.values.roles import Role
from tests.support.cas import Cas, cas_de
from tests.support.referentiels import collecte, collectivite, contexte, diagnostics, entree, personne, petit, reponse

DEUX = petit({"parc": {"questions": {"q1": {}, "q2": {"profils": ("achats",)}}}})


@pytest.mark.parametrize("cas", cas_de("collect"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    result = cas.collecte
    found = {
        item.question: {"statut": item.statut, "niveau": item.niveau, "divergence": item.divergence}
        for item in result.consolidations
    }
    assert found == cas.attendu["questions"]
    assert [item.code for item in result.anomalies] == cas.attendu["anomalies"]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9))
def test_la_mediane_est_une_reponse_donnee_avec_autant_de_voix_de_chaque_cote(levels: list[int]) -> None:
    middle = collect.median_level(levels)
    below, above = sum(item < middle for item in levels), sum(item > middle for item in levels)
    assert middle in levels
    assert below <= len(levels) / 2
    assert above <= len(levels) / 2


def test_l_ordre_des_retours_ne_change_rien() -> None:
    retours = diagnostics({"q1": {"ana": 1, "bob": 3, "cleo": "ne-sait-pas"}, "q2": {"ana": 2, "bob": "sans-objet"}})
    results = {
        collect.build(collect.Inputs(entree=entree([personne("ana")]), diagnostics=order), DEUX).model_dump_json()
        for order in permutations(retours)
    }
    assert len(results) == 1


def test_chaque_interlocuteur_qui_a_des_questions_est_attendu_avec_le_contexte_et_l_inventaire() -> None:
    dossier = entree([personne("ana"), personne("bob", profils=("rh",)), personne("cleo", Role.DG)])
    expected = [(item.quoi, item.personne) for item in collect.expected(dossier, DEUX)]
    assert expected == [("diagnostic", "ana@ville.fr"), ("contexte", ""), ("inventaire", "")]


def test_ce_qui_est_arrive_n_est_plus_attendu() -> None:
    inputs = collect.Inputs(
        entree=entree([personne("ana"), personne("bob")]),
        diagnostics=diagnostics({"q1": {"ana": 1}}),
        contextes=(contexte(),),
    )
    assert [(item.quoi, item.personne) for item in collect.missing(inputs, DEUX)] == [
        ("diagnostic", "bob@ville.fr"),
        ("inventaire", ""),
    ]


def test_les_questions_sans_interlocuteur_sont_listees() -> None:
    assert [item.id for item in collect.list_unassigned(entree([personne("ana")]), DEUX)] == ["q2"]


def test_le_referent_peut_confier_une_question_a_quelqu_un_d_autre() -> None:
    dossier = entree([personne("ana"), personne("bob", Role.DG, profils=())])
    named = {"q1": ("bob@ville.fr",), "q2": ("ana@ville.fr", "bob@ville.fr")}
    shared = {mail: [item.id for item in own] for mail, own in collect.share(dossier, DEUX, named).items()}
    assert shared == {"ana@ville.fr": ["q2"], "bob@ville.fr": ["q1", "q2"]}
    assert collect.list_unassigned(dossier, DEUX, named) == ()
    awaited = [item.personne for item in collect.expected(dossier, DEUX, named) if item.quoi == "diagnostic"]
    assert awaited == ["ana@ville.fr", "bob@ville.fr"]


def test_le_referent_peut_dire_qui_remplit_l_inventaire_et_le_contexte() -> None:
    dossier = entree([personne("ana")])
    owners = {"inventaire": "ana@ville.fr", "contexte": "zoe@ailleurs.fr"}
    expected = [(item.quoi, item.personne) for item in collect.expected(dossier, DEUX, {}, owners)]
    assert expected == [("diagnostic", "ana@ville.fr"), ("contexte", ""), ("inventaire", "ana@ville.fr")]
    inputs = collect.Inputs(entree=dossier, responsables=owners)
    assert [(item.code, item.valeur) for item in collect.build(inputs, DEUX).anomalies] == [
        ("interlocuteur-inconnu", "zoe@ailleurs.fr")
    ]


def test_une_question_confiee_a_un_inconnu_reste_a_qui_a_le_profil_et_c_est_dit() -> None:
    inputs = collect.Inputs(entree=entree([personne("ana")]), repartition={"q1": ("zoe@ailleurs.fr",)})
    assert [item.id for item in collect.share(inputs.entree, DEUX, inputs.repartition)["ana@ville.fr"]] == ["q1"]
    assert [(item.code, item.valeur) for item in collect.build(inputs, DEUX).anomalies] == [
        ("interlocuteur-inconnu", "zoe@ailleurs.fr")
    ]


def test_deux_contextes_differents_sont_une_anomalie_et_le_premier_tient() -> None:
    first, second = contexte(fournisseur_si="EPCI"), contexte(fournisseur_si="DSI")
    result = collect.build(collect.Inputs(entree=entree(), contextes=(first, second)), DEUX)
    assert result.contexte == first
    assert [item.code for item in result.anomalies] == ["contexte-multiple"]
    same = collect.build(collect.Inputs(entree=entree(), contextes=(first, first)), DEUX)
    assert same.anomalies == ()


def test_un_niveau_a_cote_de_ne_sait_pas_n_est_pas_une_note() -> None:
    odd = collect.Reponse(question="q1", statut=collect.Statut.NE_SAIT_PAS, niveau=4)
    retour = collect.RetourDiagnostic(personne="ana@ville.fr", reponses=(odd,))
    result = collect.build(collect.Inputs(entree=entree(), diagnostics=(retour,)), DEUX)
    assert [(item.statut, item.niveau) for item in result.consolidations] == [("inconnu", None)] * 2


def test_une_question_repondue_sans_avoir_ete_posee_compte_mais_pas_ne_sait_pas() -> None:
    flash = petit({"parc": {"questions": {"q1": {"flash": True}, "q2": {}, "q3": {}}}})
    ville = collectivite(questionnaire="flash")
    assert [item.id for item in questions_asked(flash, ville)] == ["q1"]
    result = collecte(flash, {"q1": {"ana": 1}, "q2": {"ana": 3}, "q3": {"ana": "ne-sait-pas"}}, ville=ville)
    assert [item.question for item in result.consolidations] == ["q1", "q2"]


def test_chacun_garde_sa_reponse_et_son_commentaire() -> None:
    said = reponse("q1", 2).model_copy(update={"commentaire": "Depuis mars"})
    retour = collect.RetourDiagnostic(personne="ana@ville.fr", reponses=(said,))
    result = collect.build(collect.Inputs(entree=entree(), diagnostics=(retour,)), DEUX)
    assert [(item.personne, item.niveau, item.commentaire) for item in result.consolidations[0].reponses] == [
        ("ana@ville.fr", 2, "Depuis mars")
    ]


@pytest.mark.parametrize("criterion", ["cooperation", "souhaite", "volontaire", "mobilisable"])
@pytest.mark.parametrize("said", [False, None])
def test_il_faut_les_quatre_criteres_pour_embarquer_le_prestataire(criterion: str, said: bool | None) -> None:
    board = contexte(embarque=True).prestataire
    assert board.embarque
    assert not board.model_copy(update={criterion: said}).embarque


def test_un_retour_de_qui_n_est_pas_du_dossier_est_dit() -> None:
    ref = petit({"parc": {"questions": {"q1": {}}}})
    inputs = collect.Inputs(
        entree=entree([personne("ana")]),
        diagnostics=diagnostics({"q1": {"ana": 2, "bob": 2}}),
    )
    said = [(item.code, item.valeur) for item in collect.build(inputs, ref).anomalies]
    assert ("interlocuteur-inconnu", "bob@ville.fr") in said
    assert ("interlocuteur-inconnu", "ana@ville.fr") not in said
