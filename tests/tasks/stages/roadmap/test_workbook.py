"""Le classeur de la feuille de route dit le budget du résultat."""

from __future__ import annotations

from openpyxl import Workbook

from tests.support.classeurs import ROADMAP, opened, rendered


def test_le_budget_par_annee_du_classeur_est_celui_du_resultat() -> None:
    sheet = opened(rendered("feuille-de-route"), values=True)["Budget"]
    total = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "Total")
    cells = {sheet.cell(1, cell.column).value: cell.value for cell in total}
    assert cells["Total (€)"] == float(ROADMAP.budget_total.euros)
    assert cells["À définir"] == f"{ROADMAP.budget_total.a_definir} sur {ROADMAP.budget_total.sur}"
    assert {item.cle: float(item.euros) for item in ROADMAP.budget_par_annee} == {
        year: value for year, value in cells.items() if str(year).isdigit()
    }


def test_libreoffice_retrouve_le_budget(recalcules: dict[str, Workbook]) -> None:
    same = opened(rendered("feuille-de-route"), values=True)["Budget"]
    assert list(recalcules["feuille-de-route"]["Budget"].values) == list(same.values)
