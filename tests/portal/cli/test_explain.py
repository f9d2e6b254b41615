"""Ce que « nr pourquoi » dit : de la collecte, ce qui a remplacé quoi ; du score, ce qui le porte ; et sans un nom."""

from __future__ import annotations

from nr_models.rules import collect, score
from nr_models.stages import BY_SLUG
from portal.cli.dire.explain import explain_stage
from portal.cli.dire.explain_score import explain_score
from tasks.dossier.standing import load_standing
from tasks.stages.collect.columns import DIAGNOSTIC
from tests.support.parcours import Depart
from tests.support.workbooks_case import make_case

CASE = make_case()
SCORE = CASE.result("score", score.Result)
TRAME = "Trame Celine Sautereau.xlsx"
COLLECTED = CASE.result("collect", collect.Result)


def test_le_score_dit_ses_hypotheses_leurs_effets_et_ses_divergences_sans_nommer_personne() -> None:
    told = "\n".join(explain_score(SCORE, COLLECTED, CASE.referentiel))
    assert SCORE.effets
    assert SCORE.divergences
    for question in (*(item.question for item in SCORE.effets), *SCORE.divergences):
        assert f"     {question}" in told
    assert all(dimension.nom in told for dimension in CASE.referentiel.dimensions)
    assert not [item.mail for item in CASE.entree.personnes if item.mail in told or item.nom in told]


def test_la_collecte_dit_ce_qu_un_retour_change_a_celui_qu_il_remplace(depart: Depart) -> None:
    terrain = depart("score")
    terrain.edit(TRAME, lambda form: form.type_row("Questions", DIAGNOSTIC, 1, {"reponse": 4}))
    terrain.run("score")
    standing = load_standing(terrain.workspace, terrain.programme, terrain.dossier)
    told = "\n".join(explain_stage(terrain.workspace, terrain.dossier, standing, BY_SLUG["collect"])).replace(
        "\u00a0", " "
    )
    [changed] = [event["donnees"]["change"] for event in terrain.events() if event["donnees"].get("change")]
    assert f"il change 1 point ({changed[0]})" in told
    assert "ceci a changé : les retours" in told
    assert not [item.mail for item in terrain.entree.personnes if item.mail in told or item.nom in told]
