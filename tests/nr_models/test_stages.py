"""La table des étapes : chaque document a ses lecteurs."""

from __future__ import annotations

import pytest

from nr_models.stages import STAGES, Audience, Stage


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.slug)
def test_chaque_document_dit_qui_le_lit(stage: Stage) -> None:
    made = (*stage.supports, *stage.livrables, *stage.sometimes, "resultat.json")
    assert [nom for nom in made if stage.find_audience(nom.replace("*", "ana-ville-fr")) is None] == []


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.slug)
def test_un_document_que_la_table_ne_connait_pas_n_est_montre_a_personne(stage: Stage) -> None:
    assert stage.find_audience("secret.xlsx") is None
    assert stage.hides("secret.xlsx")


def test_ce_qui_dit_qui_a_repondu_ou_vote_quoi_reste_a_qui_mene_le_dossier() -> None:
    kept = {(stage.slug, nom) for stage in STAGES for nom, who in stage.audiences if who is Audience.MENEURS}
    assert kept >= {(slug, "resultat.json") for slug in ("collect", "score", "prioritise")}
    assert ("collect", "a-trancher.xlsx") in kept


def test_ce_que_montre_une_validation_est_lisible_par_qui_decide() -> None:
    assert [nom for stage in STAGES if stage.gate for nom in stage.livrables if stage.hides(nom)] == []
