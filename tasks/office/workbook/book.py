"""A workbook in our look: a guide, tables to fill or to read, and the hidden mark of a support.

Text is always written as text, so that nothing a person typed can become a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from nr_models.dossier.case import Case
from nr_models.stages import find_returns
from tasks.office.archive import AUTHOR, EPOCH
from tasks.office.columns import GUIDE_SHEET, MARK_KEYS, MARK_SHEET, Column
from tasks.office.look import load_look
from tasks.office.workbook.cells import Formula, Row, Scalar, Tone, Value, sheet_name
from tasks.office.workbook.guide import Guide
from tasks.office.workbook.heights import row_height
from tasks.office.workbook.styles import Styles, font

LISTS_SHEET = "_listes"
"""Hidden sheet of the choices that a validation cannot hold itself."""

_INLINE_CHOICES_MAX = 255
_OPEN_ROWS = 5_000  # how far down an open table keeps its drop-downs
_CM_PER_INCH = 2.54
_GUIDE_WIDTHS = (38, 92)
_FILTERED_ROWS = 15  # a shorter table is read at a glance
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}


class Book:
    """A workbook being made: its guide first, then its sheets in the order they are asked for."""

    def __init__(self, guide: Guide, *, protected: bool = True) -> None:
        """Not ``protected``, people may insert and delete rows; what is not to be typed in is then only said."""
        self._look, self._protected = load_look(), protected
        self._buffer = BytesIO()
        self._book = Workbook(self._buffer, {"in_memory": True, "default_format_properties": font(self._look)})
        self._book.set_properties({"title": guide.titre, "author": AUTHOR, "created": datetime(*EPOCH)})
        self._styles = Styles(self._book, self._look)
        self._lists: dict[tuple[str, ...], str] = {}
        self._guide = guide
        self._write_guide()

    @property
    def charts(self) -> Workbook:
        """The workbook under it, to make a chart from."""
        return self._book

    def mark(self, case: Case, kind: str, tour: int | None, personne: str = "") -> None:
        """Hide in a support what it is, so that a renamed file still finds its place; one without round never ages.

        The dossier is named by its SIREN: a programme may rename its folder or its dossiers.
        """
        stage = find_returns(kind)
        values = (kind, case.entree.collectivite.siren, stage.slug if stage else "", str(tour or ""), personne)
        self.sign(dict(zip(MARK_KEYS, values, strict=True)))

    def sign(self, pairs: Mapping[str, str]) -> None:
        """Write the hidden sheet that says what a workbook is."""
        sheet = self._book.add_worksheet(MARK_SHEET)
        for row, (key, value) in enumerate(pairs.items()):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        sheet.protect()
        sheet.hide()

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Row],
        *,
        blank: int = 0,
        choices: Mapping[str, Sequence[str]] | None = None,
        formats: Mapping[str, str] | None = None,
        hidden: Sequence[str] = (),
        frozen: int = 0,
        printed: int = 0,
        tab: str = "",
        empty: str = "",
    ) -> Worksheet:
        """A sheet with one table: header row, rows, then ``blank`` empty rows to type in.

        By field: ``choices`` in the place of a column's own, number ``formats``, what is ``hidden``. In columns:
        how many stay in sight (``frozen``) and are ``printed``. ``empty`` is what to say when there is no row.
        """
        sheet = self._book.add_worksheet(sheet_name(name))
        widest = max(columns, key=lambda column: column.width)
        rows = list(rows) or ([{widest.field: empty}] if empty else [])
        self._set_page(sheet, tab)
        last = self._write_rows(sheet, columns, rows, blank, formats or {})
        for place, column in enumerate(columns):
            self._set_column(sheet, place, column, opened=bool(blank), hidden=column.field in hidden)
            if given := (choices or {}).get(column.field, column.choices):
                self.restrict(sheet, place, 1, _OPEN_ROWS if blank else last, given, strict=column.required)
            if column.typed and column.required and last:
                self.point_out(sheet, place, last, (0, len(columns) - 1))
        sheet.freeze_panes(1, frozen)
        sheet.print_area(0, 0, max(last, 1), (printed or len(columns)) - 1)
        if last >= _FILTERED_ROWS and not any(column.typed for column in columns):
            sheet.autofilter(0, 0, last, len(columns) - 1)
        return sheet

    def restrict(
        self, sheet: Worksheet, column: int, first: int, last: int, choices: Sequence[str], *, strict: bool = True
    ) -> None:
        """A drop-down on the rows ``first`` to ``last`` of a column; not ``strict``, it only warns."""
        if last < first:
            return
        inline = len(",".join(choices)) <= _INLINE_CHOICES_MAX and not any("," in item for item in choices)
        options = {
            "validate": "list",
            "source": list(choices) if inline else self._listed(tuple(choices)),
            "error_type": "stop" if strict else "warning",
            "error_title": "Valeur hors liste",
            "error_message": "Choisissez une valeur dans la liste déroulante.",
        }
        sheet.data_validation(first, column, last, column, options)

    def hint(self, sheet: Worksheet, column: int, last: int, title: str, text: str) -> None:
        """A word of help shown when a cell of the column is chosen."""
        sheet.data_validation(1, column, last, column, {"validate": "any", "input_title": title, "input_message": text})

    def point_out(self, sheet: Worksheet, place: int, last: int, watched: tuple[int, int]) -> None:
        """Colour the blank cells of a column, to the row ``last``, where a watched column holds something."""
        cell, start, end = (xl_col_to_name(column) for column in (place, *watched))
        rule = f"=AND(ISBLANK(${cell}2),COUNTA(${start}2:${end}2)>0)"
        options = {"type": "formula", "criteria": rule, "format": self._styles.missing()}
        sheet.conditional_format(1, place, last, place, options)

    def close(self) -> bytes:
        """The workbook as bytes; nothing can be added after."""
        if self._lists:
            sheet = self._book.add_worksheet(LISTS_SHEET)
            for place, choices in enumerate(self._lists):
                for row, choice in enumerate(choices):
                    sheet.write_string(row, place, choice)
            sheet.protect()
            sheet.hide()
        self._book.close()
        return self._buffer.getvalue()

    def _write_guide(self) -> None:
        guide, sizes = self._guide, self._look.tailles_points
        sheet = self._book.add_worksheet(GUIDE_SHEET)
        self._set_page(sheet, self._look.couleurs["accent"])
        accent = self._look.couleurs["accent"]
        big = {"font_size": sizes["tableau"], "text_wrap": True, "valign": "top"}
        label = self._styles.of(**{**big, "bold": True, "font_color": self._look.couleurs["discret"]})
        plain = self._styles.of(**big)
        for place, width in enumerate(_GUIDE_WIDTHS):
            sheet.set_column(place, place, width)
        title = self._styles.of(bold=True, font_size=sizes["titre"], font_color=accent)
        sheet.write_string(0, 0, guide.titre, title)
        lines = [*guide.faits, ("", "")]
        lines += [(f"À faire, {place}", step) for place, step in enumerate(guide.etapes, start=1)]
        lines += [("À savoir" if not place else "", note) for place, note in enumerate(guide.notes)]
        for row, (key, text) in enumerate(lines, start=2):
            sheet.write_string(row, 0, key, label)
            sheet.write_string(row, 1, text, plain)
            sheet.set_row(row, row_height(((text, _GUIDE_WIDTHS[1] * 5 // 6),), sizes["tableau"]))
        if guide.saisie:
            row = len(lines) + 3
            sheet.write_string(row, 0, guide.saisie, label)
            sheet.write_blank(row, 1, None, self._styles.cell(typed=True, font_size=sizes["tableau"]))
        sheet.print_area(0, 0, len(lines) + 3, 1)

    def _set_page(self, sheet: Worksheet, tab: str) -> None:
        margin = self._look.marge_cm / _CM_PER_INCH
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(margin, margin, margin, margin)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L&8{self._guide.pied.replace('&', '&&')}&C&8&A&R&8Page &P sur &N")
        if self._protected:
            sheet.protect("", _ALLOWED)
        if tab:
            sheet.set_tab_color(tab)

    def _set_column(self, sheet: Worksheet, place: int, column: Column, *, opened: bool, hidden: bool) -> None:
        """Its width; in an open table one can type further down than the rows drawn."""
        free = self._styles.of(locked=False, text_wrap=True, valign="top") if opened and column.typed else None
        sheet.set_column(place, place, column.width, free, {"hidden": hidden})

    def _write_rows(
        self, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Row], blank: int, formats: Mapping[str, str]
    ) -> int:
        """Write the header and the rows, high enough for their text; the number of the last row."""
        size = self._look.tailles_points["note"]
        sheet.set_row(0, row_height(((column.title, column.width - 2) for column in columns), size))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.title, self._styles.header(typed=column.typed))
        last = 0
        for last, row in enumerate([*rows, *({} for _ in range(blank))], start=1):
            for place, column in enumerate(columns):
                self._write(sheet, last, place, row.get(column.field), column, formats.get(column.field, ""))
            if row:
                sheet.set_row(last, row_height(_texts(columns, row), size))
        return last

    def _write(self, sheet: Worksheet, row: int, place: int, value: Value, column: Column, pattern: str) -> None:
        look: dict[str, Any] = {}
        if isinstance(value, Tone):
            look = {"bg_color": value.fond, "font_color": value.encre or self._look.couleurs["encre"]}
            look |= {"bold": True} if value.gras else {}
            value = value.valeur
        shown = value.valeur if isinstance(value, Formula) else value
        number = shown is not None and not isinstance(shown, str)
        if pattern and number:
            look["num_format"] = pattern
        if isinstance(value, str) and value.startswith(_RISKY):
            look["quote_prefix"] = True
        self._write_value(sheet, row, place, value, self._styles.cell(typed=column.typed, number=number, **look))

    def _write_value(self, sheet: Worksheet, row: int, place: int, value: Scalar | Formula, style: Format) -> None:
        if isinstance(value, Formula):
            cached = value.valeur if isinstance(value.valeur, str | None) else float(value.valeur)
            sheet.write_formula(row, place, value.texte, style, "" if cached is None else cached)
        elif value is None or value == "":
            sheet.write_blank(row, place, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, place, value, style)
        else:
            sheet.write_number(row, place, value if isinstance(value, int) else float(value), style)

    def _listed(self, choices: tuple[str, ...]) -> str:
        name = xl_col_to_name(list(self._lists).index(choices) if choices in self._lists else len(self._lists))
        return self._lists.setdefault(choices, f"='{LISTS_SHEET}'!${name}$1:${name}${len(choices)}")


def _texts(columns: Sequence[Column], row: Row) -> Iterable[tuple[str, int]]:
    for column in columns:
        value = row.get(column.field)
        value = value.valeur if isinstance(value, Tone) else value
        if isinstance(value, str):
            yield value, column.width
