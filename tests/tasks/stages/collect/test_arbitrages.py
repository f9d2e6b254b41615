"""Ce que le référent tranche : les divergences, avec leur raison, et les hypothèses, acceptées une par une."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from nr_models.inventaire.parc import UNKNOWN_CATEGORY
from nr_models.inventaire.tranches import LibelleTranche
from nr_models.rules import collect
from nr_models.rules.collect import Arbitrage, Hypothese, Result, RetourArbitrages
from nr_models.rules.hypotheses import list_propositions
from nr_models.values.anomalies import Anomaly
from nr_models.values.roles import Role
from tasks.demo.form import Form, Typed
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET
from tasks.returns.recognise import Understood, understand
from tasks.stages.collect.columns import ARBITRAGES_SHEETS, LIBELLES, LIBELLES_SHEET
from tasks.stages.collect.workbooks.arbitrages import render_a_trancher
from tests.support.parcours import Depart, Terrain
from tests.support.referentiels import collecte, contexte, diagnostics, entree, livre, par_une, personne, petit
from tests.support.workbooks_case import make_case

CASE = make_case()
VIERGE = render_a_trancher(CASE, CASE.result("collect", Result))
DIVERGENTES = [item.question for item in CASE.result("collect", Result).consolidations if item.divergence]
QUATRE = petit({"parc": {"questions": {name: {} for name in ("q1", "q2", "q3", "q4")}}})
FIGURES = QUATRE.parametres.collecte
MENEE = entree(
    [
        personne("ref", Role.REFERENT),
        personne("ana", Role.INTERLOCUTEUR, Role.DG),
        personne("bob", Role.INTERLOCUTEUR),
    ]
)


def signe(auteur: str, *arbitrages: Arbitrage, hypotheses: tuple[Hypothese, ...] = ()) -> RetourArbitrages:
    return RetourArbitrages(personne=auteur, arbitrages=arbitrages, hypotheses=hypotheses)


def remplir(*typed: tuple[str, int, dict[str, Typed]], auteur: str = "anne.morel@ex.fr") -> bytes:
    form = Form(VIERGE)
    form.type_beside(GUIDE_SHEET, AUTHOR_LABEL, auteur)
    for sheet, numero, values in typed:
        form.type_row(sheet, ARBITRAGES_SHEETS[sheet], numero, values)
    return form.save()


def lire(tmp_path: Path, content: bytes) -> Understood:
    path = tmp_path / "renommé.xlsx"
    path.write_bytes(content)
    return understand(path, path.name, livre())


def test_le_referent_voit_qui_a_dit_quoi() -> None:
    sheet = load_workbook(io.BytesIO(VIERGE))["Divergences"]
    rows = {row[0]: row[3] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert set(rows) == set(DIVERGENTES)
    assert all(
        "Anne Morel" in str(said) or "Luc Bon" in str(said) or "Zoé Petit" in str(said) for said in rows.values()
    )


def test_un_classeur_laisse_tel_quel_ne_tranche_rien(tmp_path: Path) -> None:
    found = lire(tmp_path, VIERGE)
    assert (found.type, found.anomalies) == ("arbitrages", ())
    assert found.valeur == RetourArbitrages()


def test_un_arbitrage_et_une_hypothese_acceptee_se_relisent(tmp_path: Path) -> None:
    found = lire(
        tmp_path,
        remplir(
            ("Divergences", 1, {"niveau": "Sans objet", "raison": "Vérifié sur place"}),
            ("Hypothèses proposées", 1, {"accepte": "oui", "date": "25/11/2026", "source": "Rapport 2025"}),
        ),
    )
    assert found.anomalies == ()
    assert isinstance(found.valeur, RetourArbitrages)
    assert found.valeur.arbitrages == (Arbitrage(question=DIVERGENTES[0], niveau=None, raison="Vérifié sur place"),)
    [hypothese] = found.valeur.hypotheses
    assert (hypothese.auteur, hypothese.date, hypothese.source) == ("anne.morel@ex.fr", "2026-11-25", "Rapport 2025")
    assert "Médiane" in hypothese.raison


def test_ce_qui_a_ete_compris_se_confirme_d_un_coup_et_se_corrige_libelle_par_libelle(tmp_path: Path) -> None:
    read = CASE.result("collect", Result).libelles
    form = Form(VIERGE)
    form.type_row(LIBELLES_SHEET, LIBELLES, 1, {"confirme": "oui"})
    form.type_row(LIBELLES_SHEET, LIBELLES, 2, {"devient": "Smartphone"})
    found = lire(tmp_path, form.save())
    assert found.anomalies == ()
    assert isinstance(found.valeur, RetourArbitrages)
    said = found.valeur.libelles
    assert [item.lu for item in said] == [item.lu for item in read]
    assert [item.devient for item in said] == ["smartphone", *(item.lu for item in read[1:])]


def test_un_libelle_tranche_par_le_referent_est_compte_et_ne_se_redemande_plus() -> None:
    doubtful = collect.LigneInventaire(categorie=UNKNOWN_CATEGORY, libelle="Portable", quantite=4)
    asked = Anomaly(code="categorie-ambigue", valeur="Portable")
    inputs = collect.Inputs(
        entree=MENEE, inventaires=(collect.RetourInventaire(lignes=(doubtful,)),), anomalies=(asked,)
    )
    before = collect.build(inputs, QUATRE)
    assert (before.inventaire, [line.quantite for line in before.inventaire_a_preciser]) == ((), [4])
    assert {"categorie-ambigue", "parc-non-confirme"} <= {item.code for item in before.anomalies}
    word = LibelleTranche(libelle="portable", lu=UNKNOWN_CATEGORY, devient="ecran")
    signed = RetourArbitrages(personne=MENEE.personnes[0].mail, libelles=(word,))
    after = collect.build(inputs.model_copy(update={"arbitrages": (signed,)}), QUATRE)
    assert [(line.categorie, line.quantite) for line in after.inventaire] == [("ecran", 4)]
    assert not {"categorie-ambigue", "parc-non-confirme"} & {item.code for item in after.anomalies}


@pytest.mark.parametrize(
    ("sheet", "values", "code", "cellule"),
    [
        ("Divergences", {"niveau": "3"}, "valeur-absente", "G2"),
        ("Divergences", {"niveau": "7", "raison": "Vu"}, "reponse-hors-liste", "F2"),
        ("Hypothèses proposées", {"accepte": "peut-être"}, "oui-non-attendu", "F2"),
    ],
)
def test_ce_qui_ne_tranche_pas_est_dit_a_sa_place(
    tmp_path: Path, sheet: str, values: dict[str, Typed], code: str, cellule: str
) -> None:
    found = lire(tmp_path, remplir((sheet, 1, values)))
    assert [(item.code, item.feuille, item.cellule) for item in found.anomalies] == [(code, sheet, cellule)]


def test_une_hypothese_sans_auteur_n_est_pas_acceptee(tmp_path: Path) -> None:
    found = lire(tmp_path, remplir(("Hypothèses proposées", 1, {"accepte": "oui"}), auteur=""))
    assert [item.code for item in found.anomalies] == ["valeur-absente"]
    assert isinstance(found.valeur, RetourArbitrages)
    assert found.valeur.hypotheses == ()


def test_l_arbitrage_du_classeur_l_emporte_et_un_desaccord_avec_le_contexte_est_dit() -> None:
    inputs = collect.Inputs(
        entree=MENEE,
        diagnostics=diagnostics({"q1": {"ana": 0, "bob": 4}}),
        contextes=(contexte(arbitrages={"q1": 1}),),
        arbitrages=(signe("ref@ville.fr", Arbitrage(question="q1", niveau=3, raison="Vu")),),
    )
    result = collect.build(inputs, QUATRE)
    assert result.consolidations[0].niveau == 3
    assert [(item.code, item.valeur) for item in result.anomalies] == [("arbitrage-contraire", "q1")]


def test_une_hypothese_acceptee_comble_sans_jamais_valoir_reponse() -> None:
    accepted = Hypothese(question="q2", niveau=1, auteur="Ana", date="2026-11-25", raison="Médiane")
    inputs = collect.Inputs(
        entree=MENEE,
        diagnostics=diagnostics({"q1": {"ana": 3}}),
        arbitrages=(signe("ref@ville.fr", hypotheses=(accepted,)),),
    )
    found = {item.question: (item.statut, item.niveau) for item in collect.build(inputs, QUATRE).consolidations}
    assert (found["q1"], found["q2"]) == (("repondu", 3), ("hypothese", 1))


@pytest.mark.parametrize("auteur", ["ana@ville.fr", "inconnue@ville.fr", ""])
def test_qui_n_est_ni_referent_ni_de_l_equipe_ne_tranche_rien_et_c_est_dit(auteur: str) -> None:
    accepted = Hypothese(question="q2", niveau=1, auteur="Le référent", date="2026-11-25", raison="Médiane")
    inputs = collect.Inputs(
        entree=MENEE,
        diagnostics=diagnostics({"q1": {"ana": 0, "bob": 4}}),
        arbitrages=(signe(auteur, Arbitrage(question="q1", niveau=4, raison="Vu"), hypotheses=(accepted,)),),
    )
    result = collect.build(inputs, QUATRE)
    found = {item.question: (item.statut, item.niveau) for item in result.consolidations}
    assert (found["q1"], found["q2"]) == (("repondu", 0), ("inconnu", None))
    assert [item.code for item in result.anomalies] == ["arbitrage-sans-droit"]


def test_rien_n_est_propose_quand_la_dimension_a_trop_peu_de_reponses() -> None:
    result = collecte(QUATRE, par_une({"q1": 3}))
    assert [(item.question, item.niveau) for item in list_propositions(result, QUATRE)] == [
        ("q2", None),
        ("q3", None),
        ("q4", None),
    ]


@given(st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_ce_qui_est_propose_ne_depasse_jamais_la_mediane_de_la_dimension(levels: list[int]) -> None:
    said = dict(zip(("q1", "q2", "q3"), levels, strict=True))
    [found] = list_propositions(collecte(QUATRE, par_une(said)), QUATRE)
    assert (found.question, found.reponses, found.mediane) == ("q4", 3, sorted(levels)[1])
    assert found.niveau == max(sorted(levels)[1] - FIGURES.hypothese_retrait, 0)


# Dans un dossier


def trancher(terrain: Terrain, name: str = "a trancher.xlsx") -> str:
    """Le référent tranche la première divergence et accepte la première hypothèse proposée ; la question tranchée."""
    form = Form((terrain.produits("collect") / "a-trancher.xlsx").read_bytes())
    form.type_beside(GUIDE_SHEET, AUTHOR_LABEL, terrain.person(Role.REFERENT))
    form.type_row("Divergences", ARBITRAGES_SHEETS["Divergences"], 1, {"niveau": "4", "raison": "Vérifié"})
    form.type_row("Hypothèses proposées", ARBITRAGES_SHEETS["Hypothèses proposées"], 1, {"accepte": "oui"})
    (terrain.recus / name).write_bytes(form.save())
    return form.lines("Divergences", ARBITRAGES_SHEETS["Divergences"])[0].textes["question"]


def test_ce_qui_est_tranche_change_la_collecte_puis_le_score_et_se_garde(depart: Depart) -> None:
    terrain = depart("score")
    before = {item["question"]: item for item in terrain.result("collect")["consolidations"]}
    question = trancher(terrain)
    assert before[question]["arbitrage"] is None
    terrain.run()
    after = {item["question"]: item for item in terrain.result("collect")["consolidations"]}
    assert (after[question]["niveau"], after[question]["arbitrage"]["raison"]) == (4, "Vérifié")
    accepted = {item for item, line in after.items() if line["hypothese"] and not before[item]["hypothese"]}
    assert len(accepted) == 1
    again = (terrain.produits("collect") / "a-trancher.xlsx").read_bytes()
    form = Form(again)
    form.type_beside(GUIDE_SHEET, AUTHOR_LABEL, terrain.person(Role.REFERENT))
    (terrain.recus / "a trancher, plus tard.xlsx").write_bytes(form.save())
    terrain.run()
    kept = {item["question"]: item for item in terrain.result("collect")["consolidations"]}
    assert kept == after
