"""Les conclusions à présenter : ce qui sera montré, et rien de plus que le support."""

from __future__ import annotations

from nr_models.rules import restitute
from portal.pages.decision import restitute as page
from portal.pages.decision.matiere import Matiere
from tests.portal.pages.decision.test_essentiel import bare, essentials
from tests.support import decks_case

CASE = decks_case.full_case()
SUPPORT = CASE.result("restitute", restitute.Result)
MATIERE = Matiere(CASE.referentiel, CASE.entree)


def test_le_constat_est_celui_du_support() -> None:
    assert essentials("plein", "restitute").chapeau.startswith(SUPPORT.titre)


def test_ce_qui_a_ete_dit_ne_nomme_personne() -> None:
    named = SUPPORT.model_copy(update={"enseignements": ("Léa Roy dit que lea.roy@ex.fr suffit.",)})
    (fold,) = [item for item in page.build(named, MATIERE).plis if item.titre.startswith("Ce qui a été dit")]
    (line,) = fold.lignes
    assert line.texte == "une personne dit que une personne suffit."


def test_ce_qui_n_a_pas_ete_dit_se_dit() -> None:
    silent = SUPPORT.model_copy(update={"perimetre": (), "enseignements": (), "fournisseur_si": ""})
    found = page.build(silent, MATIERE)
    told = bare(" ".join(item.fort for item in found.points))
    assert "Le périmètre n’a pas été dit" in told
    assert "Aucune parole d’entretien n’est reprise" in told
    (scope,) = [item for item in found.plis if item.titre == "De qui et de quoi on parle"]
    assert ("Périmètre", "non dit") in scope.lignes


def test_une_dimension_sans_objet_n_est_pas_non_calculee() -> None:
    note = essentials("vide", "restitute")
    assert note.figures == ()
    first, *others = SUPPORT.syntheses
    blank = first.note.model_copy(update={"affiche": None, "maturite": None, "score": None})
    for sans_reponse, words in ((0, "sans objet ici"), (2, "non calculé")):
        changed = first.model_copy(update={"note": blank, "sans_reponse": sans_reponse})
        found = page.build(SUPPORT.model_copy(update={"syntheses": (changed, *others)}), MATIERE)
        assert found.figures[0].table.lignes[0][1] == words
