"""La comparaison de deux scores se recalcule dans le tableur."""

from __future__ import annotations

from openpyxl import Workbook

from nr_models.rules.instantane import compare
from tests.support.classeurs import APRES, SCORE, approx, displayed, opened, rendered


def test_libreoffice_recalcule_la_comparaison_de_deux_scores(recalcules: dict[str, Workbook]) -> None:
    first, book = opened(rendered("comparaison"), values=True), recalcules["comparaison"]
    for name in ("Notes", "Réponses", "Parc"):
        for row, other in zip(first[name].values, book[name].values, strict=True):
            assert [approx(cell) for cell in row] == [approx(cell) for cell in other]
    gaps = compare(SCORE, APRES).notes
    assert [displayed(row[3]) for row in book["Notes"].iter_rows(min_row=2, values_only=True)] == [
        gap.apres and gap.apres.affiche for gap in gaps
    ]
