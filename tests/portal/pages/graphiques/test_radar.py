"""Le radar : une branche par dimension, un trou où il n’y a pas de note."""

from __future__ import annotations

from decimal import Decimal

from portal.pages.graphiques.radar import Branche, draw_radar


def _drawn(*values: str | None, avant: str | None = None) -> str:
    branches = [
        Branche(place, f"Dimension {place}", None if value is None else Decimal(value), avant and Decimal(avant))
        for place, value in enumerate(values, start=1)
    ]
    return str(draw_radar("radar", branches, "titre", "constat"))


def test_une_dimension_sans_note_n_a_pas_de_point_et_le_dit() -> None:
    drawn = _drawn("10", None, "100", "0", "50", "50", "50")
    assert drawn.count("<circle") == 6
    assert "2. non calculé" in drawn


def test_sans_trou_la_ligne_est_fermee_et_l_ancienne_en_pointille() -> None:
    drawn = _drawn(*["50"] * 7, avant="20")
    assert drawn.count("Z") == 4 + 2
    assert drawn.count("stroke-dasharray") == 1
