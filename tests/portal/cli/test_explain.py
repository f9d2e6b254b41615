"""Ce que « nr pourquoi » dit : de la collecte, ce qui a remplacé quoi ; du score, ce qui le porte ; et sans un nom."""

from __future__ import annotations

import click
import pytest

from nr_models.dossier.workflow import HUMAN, PERMISSIONS, Acte
from nr_models.rules import collect, score
from nr_models.stages import BY_SLUG
from portal.cli.dire.explain import explain_stage, tell_command
from portal.cli.dire.explain_score import explain_score
from portal.cli.main import nr
from tasks.acts.permissions import Possible
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
    standing = load_standing(terrain.lieu)
    told = "\n".join(explain_stage(terrain.lieu, standing, BY_SLUG["collect"])).replace("\u00a0", " ")
    [changed] = [event["donnees"]["change"] for event in terrain.events() if event["donnees"].get("change")]
    assert f"il change 1 point ({changed[0]})" in told
    assert "ceci a changé : les retours" in told
    unsaid, _, found = told.partition("   Relevé :")
    assert found  # ce qui est à corriger dit dans quel fichier, et donc de qui : le référent en a besoin
    assert not [item.mail for item in terrain.entree.personnes if item.mail in unsaid or item.nom in unsaid]


A_ECRIRE = {
    "ROLE": "dg",
    "JOUR": "2026-11-25",
    "NUMERO": "1",
    "NOM": "initial",
    "QUOI": "incomplet",
}
"""Ce que la personne écrit à la place d'un mot en capitales, où tout texte ne va pas."""
DES_PERSONNES = (*HUMAN, *(item.acte for item in PERMISSIONS))


@pytest.mark.parametrize("acte", [acte for acte in Acte if acte.commande], ids=str)
def test_ce_qu_on_peut_faire_est_ce_qu_on_tape(acte: Acte) -> None:
    asked = Possible(acte=acte, stage="score", gate="diagnostic", allowed=True, reasons=(), par=())
    words = [A_ECRIRE.get(word, word) for word in tell_command(asked, "vague/bourg", "ana@ville.fr").split()[1:]]
    assert acte in DES_PERSONNES
    assert "{" not in " ".join(words)
    command: click.Command | None = nr
    while isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0))
    assert command is not None
    command.make_context("essai", words)


def test_chaque_acte_d_une_personne_a_sa_commande() -> None:
    """Une hypothèse s'accepte dans « a-trancher.xlsx » ; le reste se tape."""
    assert [acte for acte in DES_PERSONNES if not acte.commande] == [Acte.ACCEPTER]
