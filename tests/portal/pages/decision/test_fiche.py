"""Les fiches à valider : ce qui est écrit, ce qui reste à définir, et jamais un zéro que personne n’a dit."""

from __future__ import annotations

from decimal import Decimal

from nr_models.rules import fiche
from nr_models.values.dates import Montant
from portal.pages.decision import fiche as page
from portal.pages.decision.forme import Essentiel
from portal.pages.decision.matiere import Matiere
from tests.portal.pages.decision.test_essentiel import bare, essentials
from tests.support import decks_case

CASE = decks_case.full_case()
FICHES = CASE.result("fiche", fiche.Result)
MATIERE = Matiere(CASE.referentiel, CASE.entree)


def _all(**said: object) -> Essentiel:
    """La page, chaque fiche disant la même chose d’une rubrique."""
    found = tuple(
        item.model_copy(update={"saisie": item.saisie.model_copy(update={"depenses": (), **said})})
        for item in FICHES.fiches
    )
    return page.build(FICHES.model_copy(update={"fiches": found}), MATIERE)


def test_un_budget_que_personne_n_a_dit_n_est_pas_zero() -> None:
    count = len(FICHES.fiches)
    shown = _all(moyens_euros=None).chiffres[3]
    assert (shown.valeur, bare(shown.legende)) == ("non calculé", f"de budget : {count} montants à définir")
    zero = _all(moyens_euros=Montant(saisie="0 €", valeur=Decimal(0))).chiffres[3]
    assert bare(zero.valeur) == "0 €"


def test_les_fiches_sans_responsable_sont_nommees_par_leur_numero() -> None:
    found = _all(responsable="À définir")
    assert found.chiffres[0].valeur == f"0 sur {len(FICHES.fiches)}"
    assert found.liste is not None
    assert {item.etiquette for item in found.liste.lignes} == {"Responsable à définir"}
    assert any("n’ont pas de responsable" in item.fort for item in found.points)


def test_ce_qui_reste_a_ecrire_se_lit_fiche_par_fiche() -> None:
    (fold,) = [item for item in essentials("plein", "fiche").plis if "reste à écrire" in item.titre]
    wanted = [f"{item.numero}. {item.titre}" for item in FICHES.fiches if item.a_definir or item.vides]
    assert [item.fort for item in fold.lignes] == wanted


def test_sans_fiche_il_n_y_a_ni_liste_ni_figure() -> None:
    found = essentials("vide", "fiche")
    assert (found.liste, found.figures, found.points) == (None, (), ())
    assert "aucune fiche" in found.question
