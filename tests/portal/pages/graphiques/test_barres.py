"""Les barres : longues comme leur part, une moustache où il y a une fourchette, un cadre où il n’y a rien."""

from __future__ import annotations

import re

from portal.pages.graphiques.barres import Barre, draw_barres


def _drawn(*barres: Barre) -> str:
    return str(draw_barres("barres", barres, "titre", "constat"))


def test_sans_chiffre_il_n_y_a_pas_de_barre_mais_un_cadre_en_tirets() -> None:
    drawn = _drawn(Barre(1, "Une", None, "non calculé"))
    assert drawn.count("<rect") == 1
    assert "stroke-dasharray" in drawn
    assert "non calculé" in drawn


def test_une_barre_est_longue_comme_sa_part() -> None:
    whole, half = re.findall(r'width="([\d.]+)" height="12"', _drawn(Barre(1, "Une", 0.5, "50 %")))
    assert float(half) == float(whole) / 2


def test_une_fourchette_d_un_point_n_a_pas_de_moustache() -> None:
    assert "<path" not in _drawn(Barre(1, "Une", 0.5, "50 %", 0.5, 0.5))
    assert "<path" in _drawn(Barre(1, "Une", 0.5, "50 %", 0.4, 0.6))
