"""Les valeurs d’un classeur sont simples, et à leur place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from tasks.reading.spreadsheet import read_spreadsheet
from tests.support.lecture import sheet_of


def test_les_valeurs_sont_simples_et_a_leur_place(tmp_path: Path) -> None:
    book = Workbook()
    sheet_of(book)["B3"] = "x"
    sheet_of(book)["C4"] = 3.0
    sheet_of(book)["C5"] = 2.5
    sheet_of(book)["A6"] = datetime(2024, 5, 1)
    sheet_of(book)["A7"] = datetime(2024, 5, 1, 8, 30)
    sheet_of(book)["A8"] = True
    sheet_of(book)["A9"] = "  "
    book.create_sheet("Vide")
    book.save(tmp_path / "a.xlsx")
    lecture = read_spreadsheet(tmp_path / "a.xlsx")
    assert [item.nom for item in lecture.feuilles] == ["Sheet", "Vide"]
    assert lecture.feuilles[0].lignes == [
        [],
        [],
        [None, "x"],
        [None, None, 3],
        [None, None, 2.5],
        ["2024-05-01"],
        ["2024-05-01T08:30:00"],
        ["oui"],
    ]
    assert lecture.feuilles[1].lignes == []
