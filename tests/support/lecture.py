"""Écrire un fichier comme une personne le rendrait, le faire comprendre, et dire ce qui y a été relevé."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.referentiel.referentiel import Referentiel
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET, MARK_SHEET, Column
from tasks.returns.recognise import Understood, understand

Sheet = tuple[Sequence[Column], Sequence[dict[str, Any]]]


class Lu:
    """Écrit un classeur avec les titres du modèle, puis le fait comprendre."""

    def __init__(self, folder: Path, referentiel: Referentiel) -> None:
        self.folder = folder
        self.referentiel = referentiel

    def classeur(self, sheets: dict[str, Sheet], mark: dict[str, str] | None = None, author: str = "") -> Understood:
        book = Workbook()
        guide = sheet_of(book)
        guide.title = GUIDE_SHEET
        guide.append(["Lisez-moi"])
        guide.append([AUTHOR_LABEL, author or None])
        for name, (columns, rows) in sheets.items():
            page = book.create_sheet(name)
            page.append([column.title for column in columns])
            for row in rows:
                page.append([row.get(column.field) for column in columns])
        if mark:
            page = book.create_sheet(MARK_SHEET)
            for pair in mark.items():
                page.append(pair)
        path = self.folder / "nom quelconque.xlsx"
        book.save(path)
        return self.fichier(path)

    def texte(self, content: str, encoding: str = "utf-8") -> Understood:
        path = self.folder / "export.csv"
        path.write_bytes(content.encode(encoding))
        return self.fichier(path)

    def fichier(self, path: Path) -> Understood:
        return understand(path, path.name, self.referentiel)


def sheet_of(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def said(understood: Understood) -> list[tuple[str, str, str]]:
    assert all(item.message and item.remede and item.fichier for item in understood.anomalies)
    return [(item.code, item.feuille, item.cellule) for item in understood.anomalies]


def codes(understood: Understood) -> list[str]:
    return [code for code, _, _ in said(understood)]
