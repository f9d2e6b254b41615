"""Les colonnes : hautes comme leur total, qui est écrit ; un cadre en tirets pour ce qui est à définir."""

from __future__ import annotations

import re

from portal.pages.graphiques.colonnes import Colonne, Seuil, draw_colonnes
from tasks.office.look import load_look


def _drawn(*colonnes: Colonne, seuil: Seuil | None = None) -> str:
    return str(draw_colonnes("colonnes", colonnes, "titre", "constat", seuil))


def test_une_annee_dont_rien_n_est_connu_n_a_qu_un_cadre() -> None:
    drawn = _drawn(Colonne("2027", (), "", "+ 2 à définir"))
    assert drawn.count("<rect") == 1
    assert "stroke-dasharray" in drawn
    assert ">0" not in drawn


def test_les_parts_s_empilent_sans_se_couvrir() -> None:
    drawn = _drawn(Colonne("2027", ((1, 300.0), (2, 100.0)), "400 €"), Colonne("2028", ((1, 200.0),), "200 €"))
    parts = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn)
    (x, low, tall), (same, high, _), (other, half, _) = ((float(a), float(b), float(c)) for a, b, c in parts)
    assert x == same != other
    assert high < low < low + tall
    assert high < half
    assert "400 €" in drawn


def test_une_charge_au_dela_de_la_capacite_est_en_rouge() -> None:
    over, under = Colonne("2027", ((0, 120.0),), "120 j"), Colonne("2028", ((0, 80.0),), "80 j")
    drawn = _drawn(over, under, seuil=Seuil(100.0, "capacité : 100 j"))
    assert drawn.count(load_look().couleurs["erreur"]) == 1
    assert drawn.count(load_look().couleurs["accent"]) == 1
    assert "capacité : 100 j" in drawn


def test_ce_qui_n_a_pas_encore_d_annee_est_en_tirets() -> None:
    drawn = _drawn(Colonne("dates à définir", ((0, 5.0),), "5 j", incertain=True))
    assert "stroke-dasharray" in drawn
    assert load_look().couleurs["accent"] not in drawn
