"""From the bytes of a file to plain values: what it is, then its sheets. Runs in the child process only."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipInfo

from defusedxml import DefusedXmlException
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from tasks.reading.child import bounds
from tasks.reading.child.agent import MACHINES_SHEET, is_agent, read_agents
from tasks.reading.child.bounds import Refus
from tasks.reading.child.delimited import read_delimited
from tasks.reading.child.formula import list_errors
from tasks.reading.child.hidden import list_hidden_rows
from tasks.reading.child.marks import list_marks
from tasks.reading.child.package import MAGIC, Package, check_package

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_FOREIGN = {
    b"%PDF": "c’est un PDF",
    b"\x89PNG": "c’est une image",
    b"\xff\xd8\xff": "c’est une image",
    b"GIF8": "c’est une image",
    b"\x7fELF": "c’est un programme",
    b"MZ\x90": "c’est un programme",
    b"{\\rtf": "c’est un document texte",
    b"\x1f\x8b": "c’est une archive",
    b"7z\xbc\xaf": "c’est une archive",
    b"Rar!": "c’est une archive",
    b"PK\x05\x06": "c’est une archive vide",
}

_REMEMBERED = 100_000
_CARRIED = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".docx", ".eml")
_HEADERS = 8192
_AGENTS = (".json", ".xml", ".ocs")
_HIDDEN = re.compile(r"(^|/)(__MACOSX/|\.)")

Answer = dict[str, Any]
Sheet = tuple[str, list[list[Any]]]


def read_content(content: bytes) -> Answer:
    """``{"feuilles": [[nom, rows]], "vues": [vue], "erreurs": [[feuille, cellule, valeur]]}``. Raises ``Refus``.

    A view, for each sheet where anything need be said of it: hidden or not, hidden rows, merges, marks.
    """
    if len(content) > bounds.FILE_BYTES:
        raise Refus("fichier-trop-gros", f"plus de {bounds.FILE_BYTES // bounds.MEGABYTE} Mo")
    if not content.strip():
        raise Refus("fichier-illisible", "il est vide")
    for magic, what in _FOREIGN.items():
        if content.startswith(magic):
            raise Refus("fichier-illisible", what)
    if content.startswith(MAGIC):
        return _read_package(check_package(content))
    if content.startswith(OLE):
        if _ENCRYPTED in content:
            raise Refus("fichier-chiffre")
        sheets, views = _read_sheets(content)
        return {"feuilles": sheets, "vues": views, "erreurs": []}
    if _is_message(content):
        raise Refus("fichier-qui-en-porte", "un message enregistré")
    if is_agent(content):
        return _read_agents([("", content)])
    return {"feuilles": _bounded([("", read_delimited(content))]), "erreurs": []}


def _read_agents(documents: Sequence[tuple[str, bytes]]) -> Answer:
    return {"feuilles": _bounded([(MACHINES_SHEET, read_agents(documents))]), "erreurs": []}


def _read_package(package: Package) -> Answer:
    lowered: dict[str, ZipInfo] = {name.lower(): info for name, info in package.entries.items()}
    if not any(name in lowered for name in _WORKBOOKS):
        documents = [(name, package.read(name)) for name in _list_agents(package)]
        if any(is_agent(content) for _, content in documents):
            return _read_agents(documents)
        _refuse_carrier(lowered)
        raise Refus("fichier-illisible", "cette archive ne contient pas de classeur")
    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Refus("fichier-chiffre")
    _check_well_formed(package.read("content.xml"))
    sheets, views = _read_sheets(package.content)
    try:
        errors = list_errors(package) if package.en_erreur else []
        hidden = list_hidden_rows(package) if package.masquees else []
        marks = list_marks(package)
    except (DefusedXmlException, SyntaxError, ValueError, LookupError):
        errors, hidden, marks = [], [], {}
    for view, rows in zip(views, hidden, strict=False):
        view["lignes_masquees"] = rows
    for (name, _), view in zip(sheets, views, strict=True):
        view["marques"] = marks.get(name, ())
    return {"feuilles": sheets, "vues": views, "erreurs": errors}


def _refuse_carrier(entries: dict[str, ZipInfo]) -> None:
    """Say truly what an archive without a workbook of its own is. Raises ``Refus``."""
    if "word/document.xml" in entries:
        raise Refus("document-word")
    carried = sum(name.endswith(_CARRIED) and not _HIDDEN.search(name) for name in entries)
    if carried:
        raise Refus("fichier-qui-en-porte", f"une archive qui porte {carried} fichier{'s' if carried > 1 else ''}")


def _is_message(content: bytes) -> bool:
    """A mail saved as a file: its headers come first."""
    headers = content[:_HEADERS].lower()
    return b"mime-version:" in headers and bool(re.search(rb"^(from|received|return-path|subject):", headers, re.M))


def _list_agents(package: Package) -> list[str]:
    """The documents of an archive that may hold agents' inventories, in a fixed order; what is none will be said."""
    names = sorted(name for name in package.entries if not name.endswith("/") and not _HIDDEN.search(name))
    return names if any(name.lower().endswith(_AGENTS) for name in names) else []


def _check_well_formed(content: bytes) -> None:
    """The fast reader turns in circles on an ODS whose XML is broken."""
    try:
        if content:
            ParserCreate().Parse(content, True)
    except ExpatError as error:
        raise Refus("fichier-illisible", "sa structure est abîmée") from error


def _read_sheets(content: bytes) -> tuple[list[Sheet], list[dict[str, Any]]]:
    """The sheets, and how each one is seen."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            kept = [item for item in workbook.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
            if len(kept) > bounds.SHEETS:
                raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.SHEETS)} feuilles")
            found = [_sheet(workbook, item.name) for item in kept]
            sheets = _bounded([(item.name, rows) for item, (rows, _) in zip(kept, found, strict=True)])
            return sheets, [
                {"masquee": item.visible != SheetVisibleEnum.Visible, "fusions": merged}
                for item, (_, merged) in zip(kept, found, strict=True)
            ]
    except PasswordError as error:
        raise Refus("fichier-chiffre") from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Refus("fichier-illisible", "sa structure est abîmée") from error


def _sheet(workbook: CalamineWorkbook, name: str) -> tuple[list[list[Any]], list[tuple[int, int, int, int]]]:
    """The rows, and the first and last cell of each merged range, counted from zero (an ODS tells none)."""
    sheet = workbook.get_sheet_by_name(name)
    merged = (sheet.merged_cell_ranges or ())[: bounds.MERGED]
    return _rows(sheet, name), [(*start, *end) for start, end in merged]


def _rows(sheet: CalamineSheet, name: str) -> list[list[Any]]:
    if sheet.end is None:
        return []
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    if height * width > bounds.AREA:
        raise Refus(
            "fichier-trop-gros",
            f"la feuille « {name} » s’étend sur {bounds.count(height)} lignes et {bounds.count(width)} colonnes",
        )
    read = _Values().__getitem__
    return [[*map(read, row)] for row in sheet.to_python(skip_empty_area=False)]


class _Values(dict[Any, Any]):
    """Cells as JSON knows them, each value read once, up to so many: most of a large sheet says the same again.

    0 and 1 are read each time: as keys they are also false and true.
    """

    def __missing__(self, cell: Any) -> Any:
        found = _value(cell)
        if len(self) < _REMEMBERED and (cell.__class__ is str or (cell.__class__ is float and cell not in (0, 1))):
            self[cell] = found
        return found


def _bounded(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets without their trailing empty cells and rows. Raises ``Refus`` beyond the limits."""
    total = 0
    for name, rows in sheets:
        for row in rows:
            while row and row[-1] is None:
                row.pop()
            if len(row) > bounds.COLUMNS:
                raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.COLUMNS)} colonnes{_in(name)}")
            total += len(row)
        while rows and not rows[-1]:
            rows.pop()
        if len(rows) > bounds.ROWS or total > bounds.CELLS:
            raise Refus("fichier-trop-gros", f"trop de lignes ou de cellules{_in(name)}")
    return list(sheets)


def _in(name: str) -> str:
    return f" dans la feuille « {name} »" if name else ""


def _value(cell: Any) -> str | int | float | None:
    """A cell as people read it: true is « oui », whole numbers are integers, dates ISO text, blanks None."""
    if isinstance(cell, str):
        if len(cell) > bounds.TEXT_CHARS:
            raise Refus("fichier-trop-gros", f"une cellule dépasse {bounds.count(bounds.TEXT_CHARS)} caractères")
        return cell if cell.strip() else None
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, (int, float)):
        if not math.isfinite(cell):
            return str(cell)
        return int(cell) if cell == int(cell) and abs(cell) < 10**15 else cell
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else None
