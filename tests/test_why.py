"""Ce que « nr why » dit du score : fourchette, couverture, hypothèses, divergences, sans un nom."""

from __future__ import annotations

from nr_models import collect, score
from portal.why_score import explain_score
from tests.workbooks_case import make_case

CASE = make_case()
SCORE = CASE.result("score", score.Result)
COLLECTED = CASE.result("collect", collect.Result)


def test_le_score_dit_ses_hypotheses_leurs_effets_et_ses_divergences_sans_nommer_personne() -> None:
    told = "\n".join(explain_score(SCORE, COLLECTED, CASE.referentiel))
    assert SCORE.effets
    assert SCORE.divergences
    for question in (*(item.question for item in SCORE.effets), *SCORE.divergences):
        assert f"     {question}" in told
    assert all(dimension.nom in told for dimension in CASE.referentiel.dimensions)
    assert not [item.mail for item in CASE.entree.personnes if item.mail in told or item.nom in told]
