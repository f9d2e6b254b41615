"""Le contexte se lit feuille par feuille : ambitions, hypothèses, arbitrages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nr_models.rules.collect import RetourContexte
from tasks.stages.collect.columns import (
    AMBITIONS,
    ARBITRAGES,
    CONTEXTE,
    CONTEXTE_RUBRIQUES,
    HYPOTHESES,
)
from tests.support.lecture import Lu, said


def context_rows(**values: Any) -> list[dict[str, Any]]:
    return [{"rubrique": label, "valeur": values.get(key)} for key, label in CONTEXTE_RUBRIQUES]


def test_un_contexte_se_lit_feuille_par_feuille(lu: Lu) -> None:
    first, second = lu.referentiel.dimensions[:2]
    theme, other = lu.referentiel.themes_reen[:2]
    question = next(iter(lu.referentiel.questions))
    found = lu.classeur(
        {
            "Contexte": (
                CONTEXTE,
                context_rows(perimetre="Agents ; écoles", annee_inventaire=2026, cooperation="Oui", volontaire="non"),
            ),
            "Ambitions": (
                AMBITIONS,
                [
                    {"cle": first.slug, "ambition": "3"},
                    {"cle": second.slug},
                    {"cle": theme.slug, "ambition": "OUI"},
                    {"cle": other.slug, "ambition": "non"},
                ],
            ),
            "Hypothèses": (
                HYPOTHESES,
                [{"question": question, "niveau": 2, "auteur": "A. Roux", "date": date(2026, 3, 2), "raison": "vu"}],
            ),
            "Arbitrages": (ARBITRAGES, [{"question": question, "niveau": "Sans objet", "raison": "pas de DSI"}]),
        }
    )
    assert said(found) == []
    valeur = found.valeur
    assert isinstance(valeur, RetourContexte)
    assert (valeur.perimetre, valeur.annee_inventaire) == (("Agents", "écoles"), 2026)
    assert (valeur.ambitions, valeur.themes) == ({first.slug: 3}, (theme.slug,))
    assert (valeur.prestataire.cooperation, valeur.prestataire.volontaire) == (True, False)
    assert valeur.prestataire.mobilisable is None
    assert [(item.niveau, item.date) for item in valeur.hypotheses] == [(2, "2026-03-02")]
    assert [(item.question, item.niveau) for item in valeur.arbitrages] == [(question, None)]


@pytest.mark.parametrize(("typed", "code"), [(4, "hors-bornes"), (-1, "hors-bornes"), ("forte", "nombre-invalide")])
def test_une_ambition_hors_bornes_n_est_pas_prise_en_compte(lu: Lu, typed: Any, code: str) -> None:
    slug = lu.referentiel.dimensions[0].slug
    found = lu.classeur(
        {"Contexte": (CONTEXTE, context_rows()), "Ambitions": (AMBITIONS, [{"cle": slug, "ambition": typed}])}
    )
    assert said(found) == [(code, "Ambitions", "C2")]
    assert isinstance(found.valeur, RetourContexte)
    assert found.valeur.ambitions == {}


def test_une_hypothese_sans_raison_n_est_pas_retenue(lu: Lu) -> None:
    question = next(iter(lu.referentiel.questions))
    row = {"question": question, "niveau": 2, "auteur": "A. Roux"}
    found = lu.classeur({"Contexte": (CONTEXTE, context_rows()), "Hypothèses": (HYPOTHESES, [row])})
    assert said(found) == [("valeur-absente", "Hypothèses", "E2")]
    assert isinstance(found.valeur, RetourContexte)
    assert found.valeur.hypotheses == ()
