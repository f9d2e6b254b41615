"""Ce qu’une version change à une autre, à chacune des six validations : ajouté, retiré, pourquoi, valeurs."""

from __future__ import annotations

from typing import Any, cast

import pytest

from nr_models.dossier.acquis.ecarts import CHIFFRES, TABLEAUX, tell_changes
from nr_models.stages import STAGES
from tests.support.referentiels import livre

LEVIERS = list(livre().leviers)
UN, DEUX, TROIS = LEVIERS[:3]


def titre(levier: str) -> str:
    return livre().leviers[levier].titre


def dit(stage: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [line.replace("\u00a0", " ") for line in tell_changes(stage, before, after, livre())]


def test_les_six_validations_ont_leur_table() -> None:
    assert set(TABLEAUX) == {stage.slug for stage in STAGES if stage.gate}
    assert set(CHIFFRES) <= set(TABLEAUX)


@pytest.mark.parametrize("stage", TABLEAUX)
def test_deux_fois_la_meme_chose_ne_dit_rien(stage: str) -> None:
    result = {table.champ: [] for table in TABLEAUX[stage]}
    assert dit(stage, result, result) == []


@pytest.mark.parametrize("stage", TABLEAUX)
def test_un_resultat_d_un_logiciel_plus_ancien_ne_fait_rien_inventer(stage: str) -> None:
    result = {table.champ: [] for table in TABLEAUX[stage]}
    assert dit(stage, {}, result) == []


def place(levier: str, retenu: bool, explication: str) -> dict[str, Any]:
    return {"levier": levier, "retenu": retenu, "explication": explication}


def test_une_preselection_dit_ce_qui_entre_ce_qui_sort_et_pourquoi() -> None:
    before = {"places": [place(UN, True, "Le meilleur."), place(DEUX, True, "Le second."), place(TROIS, False, "Non.")]}
    after = {
        "places": [
            place(UN, True, "Le meilleur. Pertinence 80 sur 100."),
            place(DEUX, False, "Retiré par le référent : déjà fait."),
            place(TROIS, True, "Ajouté par le référent : demandé par l’élue. Pertinence 10 sur 100."),
        ]
    }
    assert dit("preselect", before, after) == [
        f"1 levier ajouté : « {titre(TROIS)} » (Ajouté par le référent : demandé par l’élue).",
        f"1 levier retiré : « {titre(DEUX)} » (Retiré par le référent : déjà fait).",
    ]


def test_une_selection_dit_la_zone_et_jamais_une_note() -> None:
    def note(quadrant: str, valeur: str) -> dict[str, Any]:
        return {"levier": UN, "quadrant": quadrant, "valeur": valeur}

    before = {"selection": [{"levier": UN, "explication": "Meilleur."}], "non_retenus": {}}
    after = {"selection": [], "non_retenus": {UN: "Compléments : valeur jugée insuffisante."}}
    before |= {"consolidations": [note("gains-rapides", "4")], "sans_voix": []}
    after |= {"consolidations": [note("complements", "2")], "sans_voix": [DEUX]}
    assert dit("prioritise", before, after) == [
        f"1 levier retiré : « {titre(UN)} » (Compléments : valeur jugée insuffisante).",
        f"« {titre(UN)} » : zone : gains rapides → compléments.",
        f"1 levier sans voix ajouté : « {titre(DEUX)} ».",
    ]


def test_un_score_dit_la_note_la_dimension_et_l_hypothese() -> None:
    dimension, question = livre().dimensions[0], next(iter(livre().questions))

    def result(note: str, maturite: str, parc: int, supposed: bool) -> dict[str, Any]:
        hypothese = {"question": question, "niveau": 1, "raison": "Le contrat ne le dit pas."}
        return {
            "globale": {"affiche": note, "affiche_couverture": "90.0", "maturite": maturite},
            "inventaire": {"maitrisable": {"unites": parc}, "influence": {"unites": 0}},
            "dimensions": [{"dimension": dimension.slug, "note": {"affiche": note, "maturite": maturite}}],
            "hypotheses": [hypothese] if supposed else [],
            "divergences": [],
        }

    assert dit("score", result("25.8", "emergent", 1042, True), result("40.0", "structure", 1042, False)) == [
        "Score global : 25,8 % → 40,0 %.",
        "Niveau : émergent → structuré.",
        f"« {dimension.nom} » : score : 25,8 % → 40,0 %, niveau : émergent → structuré.",
        f"1 hypothèse retirée : « {livre().questions[question].question} ».".replace("\u00a0", " "),
    ]


def fiche(levier: str, **saisie: Any) -> dict[str, Any]:
    return {"levier": levier, "titre": titre(levier), "saisie": {"levier": levier, **saisie}}


def test_une_fiche_dit_chaque_champ_par_son_nom() -> None:
    before = {
        "fiches": [fiche(UN, responsable="Ana", debut={"saisie": "Mai 2027"}, actions=[{"action": "x"}], perimetre=[])]
    }
    after = {"fiches": [fiche(UN, responsable="Bob", debut=None, actions=[], perimetre=["La DSIM"]), fiche(DEUX)]}
    assert dit("fiche", before, after) == [
        f"1 fiche ajoutée : « {titre(DEUX)} ».",
        f"« {titre(UN)} » : responsable : Ana → Bob, début : Mai 2027 → rien, aussi actions et périmètre.",
    ]


def test_une_feuille_de_route_dit_son_budget_et_ses_points_durs() -> None:
    def result(euros: str, *durs: str) -> dict[str, Any]:
        said = [{"levier": "", "motif": "budget", "explication": item} for item in durs]
        return {"fiches": [], "points_durs": said, "budget_total": {"euros": euros, "a_definir": 2}}

    assert dit("roadmap", result("1500", "Pas de budget."), result("12000.50")) == [
        "Budget total : 1 500 € → 12 000,50 €.",
        "1 point dur retiré : « Pas de budget ».",
    ]


def test_beaucoup_de_lignes_se_comptent() -> None:
    before = {"places": [place(item, False, "") for item in LEVIERS[:20]]}
    after = {"places": [place(item, True, "") for item in LEVIERS[:20]]}
    [line] = dit("preselect", before, after)
    assert line.startswith("20 leviers ajoutés : ")
    assert line.endswith(", et 14 autres.")


def test_une_restitution_dit_ce_qui_a_ete_entendu_de_plus() -> None:
    base: dict[str, Any] = {name: [] for name in ("syntheses", "hypotheses", "divergences", "actions_engagees")}
    before = base | {"entendus": 4, "enseignements": ["Le parc est gardé longtemps."]}
    after = base | {"entendus": 5, "enseignements": ["Le parc est gardé longtemps.", "Les écoles attendent."]}
    assert dit("restitute", before, cast("dict[str, Any]", after)) == [
        "Personnes entendues : 4 → 5.",
        "1 enseignement ajouté : « Les écoles attendent ».",
    ]
