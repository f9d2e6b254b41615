"""La liste des leviers présélectionnés se lit aussi sans ses couleurs."""

from __future__ import annotations

from tests.support.classeurs import opened, rendered


def test_les_lignes_du_prestataire_portent_le_mot_et_pas_seulement_la_couleur() -> None:
    workbook = opened(rendered("liste"))
    for title in ("Retenus", "Écartés"):
        for row in workbook[title].iter_rows(min_row=2):
            orange = row[0].fill.fgColor.rgb == "FFF4A261"
            assert orange is ("prestataire" in [cell.value for cell in row])
