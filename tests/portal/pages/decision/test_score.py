"""Le diagnostic à approuver : ce qui est fragile, ce qu’on suppose, ce qu’on ne sait pas."""

from __future__ import annotations

from nr_models.rules import score
from portal.pages.decision.essentiel import build_essentiel
from tests.portal.pages.decision.test_essentiel import bare, essentials, sealed
from tests.support import decks_case


def test_le_titre_du_radar_est_ce_qu_il_faut_en_retenir() -> None:
    case = decks_case.full_case()
    notes = case.result("score", score.Result)
    worst = min(notes.dimensions, key=lambda item: item.note.affiche or 101)
    nom = next(item.nom for item in case.referentiel.dimensions if item.slug == worst.dimension)
    shown = f"{str(worst.note.affiche).replace('.', ',')}\u00a0%"
    radar = essentials("plein", "score").figures[0]
    assert bare(radar.titre) == bare(f"« {nom} » est la dimension la plus fragile : {shown}")


def test_chaque_score_de_la_page_est_celui_des_octets() -> None:
    case = decks_case.full_case()
    notes = case.result("score", score.Result)
    table = essentials("plein", "score").figures[0].table
    assert [row[1] for row in table.lignes] == [
        "non calculé" if item.note.affiche is None else f"{str(item.note.affiche).replace('.', ',')}\u00a0%"
        for item in notes.dimensions
    ]


def test_sans_reponse_il_n_y_a_pas_de_score_et_ce_n_est_pas_zero() -> None:
    found = essentials("vide", "score")
    assert found.chiffres[0].valeur == "non calculé"
    assert "il n’y a pas de score" in found.chapeau
    assert found.figures == ()
    assert "0,0" not in found.chapeau


def test_le_dernier_instantane_est_en_pointille_et_se_dit() -> None:
    case = decks_case.full_case()
    content = sealed(case, "score")
    found = build_essentiel("score", content, case.referentiel, case.entree, content)
    assert "stroke-dasharray" in found.figures[0].svg
    assert "En pointillé, le dernier instantané." in found.figures[0].legende
    assert "stroke-dasharray" not in essentials("plein", "score").figures[0].svg
