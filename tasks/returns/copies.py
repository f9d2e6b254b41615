"""A returned file, to correct and send again: its values, a comment on each faulty cell, and the list of what is wrong.

Written anew from what the bounded reader read, never from the original bytes; columns of personal or
secret data are not in it. A file too long to be copied whole gives its rejected rows alone.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from nr_models.values.anomalies import Anomaly
from tasks.office.archive import AUTHOR, EPOCH
from tasks.office.columns import MARK_SHEET, REPLACES
from tasks.office.look import load_look
from tasks.office.workbook.cells import sheet_name
from tasks.office.workbook.heights import row_height
from tasks.office.workbook.styles import Styles, font, tint
from tasks.reading.spreadsheet import Feuille, Valeur
from tasks.reading.table import address
from tasks.returns.recognise import Understood

LIST_SHEET = "À corriger"

_A4 = 9
_COPIED_CELLS = 200_000
_HEADER_ROWS = 30
_WIDTH_MIN, _WIDTH_MAX = 8, 44
_SAMPLED_ROWS = 200
_TALLEST_POINTS = 180
_LIST_WIDTHS = (26, 10, 28, 62, 54)
_LIST_TITLES = ("Feuille", "Cellule", "Valeur lue", "Ce qui ne va pas", "Que faire")
_COMMENT = {"author": AUTHOR, "x_scale": 2.2, "y_scale": 1.4}
_RISKY = ("=", "+", "-", "@", "\t", "\r")

Faults = Mapping[tuple[int, int], Sequence[Anomaly]]


def render_correction(understood: Understood, fichier: str) -> bytes | None:
    """The copy to correct of a file; None when none of its cells need be."""
    faults = [item for item in understood.anomalies if item.asks_to_correct]
    sheets = [item for item in understood.lecture.feuilles if not item.nom.startswith(MARK_SHEET)]
    whole = sum(len(row) for sheet in sheets for row in sheet.lignes) <= _COPIED_CELLS
    if not faults or (not whole and not understood.ecartees):
        return None
    return _Copy(understood, fichier, faults).render(sheets, whole=whole)


class _Copy:
    """A copy being written."""

    def __init__(self, understood: Understood, fichier: str, faults: Sequence[Anomaly]) -> None:
        self._understood, self._fichier, self._faults = understood, fichier, faults
        self._look = load_look()
        self._buffer = io.BytesIO()
        self._book = Workbook(self._buffer, {"in_memory": True, "default_format_properties": font(self._look)})
        self._book.set_properties({"title": f"À corriger : {fichier}", "author": AUTHOR, "created": datetime(*EPOCH)})
        self._styles = Styles(self._book, self._look)
        self._names: dict[str, str] = {}

    def render(self, sheets: Sequence[Feuille], *, whole: bool) -> bytes:
        """The workbook: the list, the sheets (or their rejected rows), the hidden mark."""
        listed = self._book.add_worksheet(LIST_SHEET)
        moved = {sheet.nom: self._write_sheet(sheet, whole=whole) for sheet in sheets}
        self._write_list(listed, moved, whole=whole)
        self._write_mark(whole=whole)
        self._book.close()
        return self._buffer.getvalue()

    def _write_sheet(self, sheet: Feuille, *, whole: bool) -> Mapping[int, int]:
        """Write a sheet; where each of its rows went."""
        page = self._book.add_worksheet(self._name(sheet.nom))
        faults: dict[tuple[int, int], list[Anomaly]] = defaultdict(list)
        for item in self._faults:
            if item.feuille == sheet.nom:
                faults[xl_cell_to_rowcol(item.cellule)].append(item)
        header = _header(sheet)
        rows = range(len(sheet.lignes)) if whole else [*range(header + 1), *self._rejected(sheet)]
        moved = {row: place for place, row in enumerate(rows)}
        widths = _widths(sheet)
        for row, place in moved.items():
            self._write_row(page, sheet.lignes[row], row, place, faults, bold=row == header)
            self._make_room(page, sheet.lignes[row], place, widths)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        _print_wide(page)
        if header < _HEADER_ROWS:
            page.freeze_panes(moved.get(header, 0) + 1, 0)
            page.repeat_rows(moved.get(header, 0))
        return moved

    def _write_row(
        self,
        page: Worksheet,
        values: Sequence[Valeur],
        row: int,
        place: int,
        faults: Faults,
        *,
        bold: bool,
    ) -> None:
        width = max([len(values), *(column + 1 for at, column in faults if at == row)])
        for column in range(width):
            value = values[column] if column < len(values) else None
            found = faults.get((row, column), ())
            style = self._styles.of(**self._ground(bool(found), bold, value))
            _write_value(page, place, column, value, style)
            if found:
                page.write_comment(
                    place, column, "\n".join(f"{item.message} {item.remede}" for item in found), _COMMENT
                )

    def _make_room(self, page: Worksheet, values: Sequence[Valeur], place: int, widths: Sequence[int]) -> None:
        """Height for the texts that fold; a spreadsheet that opens a file does not always make it."""
        texts = [(value, width) for value, width in zip(values, widths, strict=False) if isinstance(value, str)]
        if any(len(text) > _WIDTH_MAX for text, _ in texts):
            size = self._look.tailles_points["note"]
            page.set_row(place, min(row_height(texts, size), _TALLEST_POINTS))

    def _ground(self, faulty: bool, bold: bool, value: Valeur) -> dict[str, object]:
        look: dict[str, object] = {"valign": "top"}
        if faulty:
            look |= {
                "bg_color": tint(self._look.couleurs["attention"]),
                "border": 1,
                "border_color": self._look.couleurs["attention"],
            }
        if bold:
            look |= {"bold": True, "text_wrap": True, "bg_color": self._look.couleurs["papier"], "bottom": 2}
        if isinstance(value, str) and value.startswith(_RISKY):
            look |= {"quote_prefix": True}
        if isinstance(value, str) and len(value) > _WIDTH_MAX:
            look |= {"text_wrap": True}
        return look

    def _rejected(self, sheet: Feuille) -> list[int]:
        return sorted(row for name, row in self._understood.ecartees if name == sheet.nom)

    def _name(self, nom: str) -> str:
        """The name of a sheet, allowed and not yet taken."""
        wanted = sheet_name(nom) or self._understood.type.capitalize()
        name, count = wanted, 1
        while name.lower() in (LIST_SHEET.lower(), *(item.lower() for item in self._names.values())):
            count += 1
            name = f"{wanted[:27]} {count}"
        self._names[nom] = name
        return name

    def _write_list(self, page: Worksheet, moved: Mapping[str, Mapping[int, int]], *, whole: bool) -> None:
        accent = self._look.couleurs["accent"]
        page.write_string(
            0, 0, f"À corriger : {self._fichier}", self._styles.of(bold=True, font_size=16, font_color=accent)
        )
        for row, text in enumerate(_guide(len(self._faults), whole=whole), start=1):
            page.write_string(row, 0, text)
        top = 5
        for column, (title, width) in enumerate(zip(_LIST_TITLES, _LIST_WIDTHS, strict=True)):
            page.set_column(column, column, width)
            page.write_string(top, column, title, self._styles.header(typed=False))
        row = top
        for item in self._faults:
            line, column = xl_cell_to_rowcol(item.cellule)
            place = moved.get(item.feuille, {}).get(line)
            if place is None:
                continue
            row += 1
            self._write_fault(page, row, item, (place, column))
        page.freeze_panes(top + 1, 0)
        page.repeat_rows(top)
        _print_wide(page)

    def _write_fault(self, page: Worksheet, row: int, item: Anomaly, place: tuple[int, int]) -> None:
        cell, link = (
            self._styles.cell(typed=False),
            self._styles.cell(typed=False, font_color=self._look.couleurs["accent"]),
        )
        name = self._names[item.feuille]
        page.write_string(row, 0, name, cell)
        target = address(*place)
        quoted = name.replace("'", "''")
        page.write_url(row, 1, f"internal:'{quoted}'!{target}", link, target)
        texts = (item.valeur, item.message, item.remede)
        for column, text in enumerate(texts, start=2):
            _write_value(page, row, column, text or None, cell)
        size = self._look.tailles_points["note"]
        page.set_row(row, row_height(zip(texts, _LIST_WIDTHS[2:], strict=True), size))

    def _write_mark(self, *, whole: bool) -> None:
        """What the copy is, so that it finds its place; a whole one also says what it replaces."""
        pairs = {**self._understood.marque, "type": self._understood.type}
        pairs = pairs | {REPLACES: self._fichier} if whole else {k: v for k, v in pairs.items() if k != REPLACES}
        page = self._book.add_worksheet(MARK_SHEET)
        for row, pair in enumerate(pairs.items()):
            for column, text in enumerate(pair):
                page.write_string(row, column, text)
        page.hide()


def _print_wide(page: Worksheet) -> None:
    """A4, landscape, all the columns on one page."""
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)


def _guide(count: int, *, whole: bool) -> Iterable[str]:
    yield f"Cellules à corriger : {count}. Elles sont en couleur dans les feuilles suivantes, chacune commentée."
    if whole:
        yield "Corrigez-les ici et déposez ce classeur : il remplacera le fichier d’origine."
    else:
        yield "Seules les lignes écartées sont ici. Corrigez-les et déposez ce classeur : elles s’ajouteront au reste."
    yield "Ce qui était juste a déjà été gardé ; les colonnes personnelles ou secrètes n’ont pas été recopiées."


def _header(sheet: Feuille) -> int:
    """The row of the titles: among the first, the one with the most words."""
    counts = [sum(isinstance(value, str) for value in row) for row in sheet.lignes[:_HEADER_ROWS]]
    return counts.index(max(counts)) if counts and max(counts) > 1 else _HEADER_ROWS


def _widths(sheet: Feuille) -> list[int]:
    widths: list[int] = []
    for row in sheet.lignes[:_SAMPLED_ROWS]:
        for column, value in enumerate(row):
            if column == len(widths):
                widths.append(_WIDTH_MIN)
            longest = max((len(line) for line in str(value).split("\n")), default=0) if value is not None else 0
            widths[column] = max(widths[column], min(longest + 2, _WIDTH_MAX))
    return widths


def _write_value(page: Worksheet, row: int, column: int, value: Valeur, style: object) -> None:
    if value is None:
        page.write_blank(row, column, None, style)
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value, style)
    else:
        page.write_string(row, column, value, style)
