"""Un levier garde le même numéro de la matrice à sa fiche."""

from __future__ import annotations

from nr_models.rules import fiche, prioritise
from tasks.stages.prioritise.deck import numbering
from tests.support.decks_case import full_case


def test_un_levier_garde_le_numero_de_sa_fiche_dans_la_matrice() -> None:
    case = full_case()
    numbers = numbering(case.result("prioritise", prioritise.Result))
    assert all(numbers[item.levier] == item.numero for item in case.result("fiche", fiche.Result).fiches)
