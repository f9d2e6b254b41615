"""Le planning : une barre par fiche datée, un cadre où une date manque, rien où elles sont à l’envers."""

from __future__ import annotations

import re
from datetime import date

from portal.pages.graphiques.planning import Tache, draw_planning

MARS, JUIN, DECEMBRE = date(2027, 3, 1), date(2027, 6, 30), date(2027, 12, 31)


def _drawn(*taches: Tache, jour: date | None = None) -> str:
    return str(draw_planning("planning", taches, "titre", "constat", jour))


def test_une_fiche_sans_date_n_a_pas_de_barre_et_une_a_moitie_datee_a_un_cadre() -> None:
    drawn = _drawn(
        Tache(1, "Datée", 1, MARS, JUIN),
        Tache(2, "Sans fin", 2, MARS, None),
        Tache(3, "Sans rien", 3, None, None),
        Tache(4, "À l’envers", 4, DECEMBRE, MARS),
    )
    assert drawn.count("<rect") == 2
    assert drawn.count("stroke-dasharray") == 1
    assert "Sans rien" not in drawn
    assert "À l’envers" not in drawn


def test_les_trimestres_vont_du_premier_jour_au_dernier() -> None:
    drawn = _drawn(Tache(1, "Une", 1, MARS, DECEMBRE))
    assert re.findall(r">(T\d)<", drawn) == ["T1", "T2", "T3", "T4"]
    assert ">2027<" in drawn


def test_un_long_planning_se_dit_en_annees() -> None:
    drawn = _drawn(Tache(1, "Une", 1, date(2027, 1, 1), date(2036, 12, 31)))
    assert not re.findall(r">T\d<", drawn)
    assert [int(year) for year in re.findall(r">(20\d\d)<", drawn)] == list(range(2027, 2037))


def test_un_prerequis_est_relie_et_le_jour_est_une_ligne() -> None:
    taches = (Tache(1, "Une", 1, MARS, JUIN), Tache(2, "Autre", 2, JUIN, DECEMBRE, (1, 9)))
    alone = _drawn(*taches)
    assert alone.count("stroke-opacity") == 1
    assert _drawn(*taches, jour=JUIN).count("<path") == alone.count("<path") + 1
    assert _drawn(*taches, jour=date(2030, 1, 1)) == alone
