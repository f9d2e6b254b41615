"""A support of ours, filled in as a person would: only cells that exist, everything else untouched.

The XML of the sheets is edited in place: it keeps what a library would drop, and takes milliseconds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from html import escape, unescape
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile

from python_calamine import CalamineWorkbook

from tasks.office.archive import freeze
from tasks.office.columns import MARK_SHEET, Column
from tasks.reading.table import address

Typed = str | int | Decimal | None

_SHEETS = re.compile(r'<sheet name="([^"]*)"[^>]*r:id="([^"]*)"')
_PARTS = re.compile(r'<Relationship Id="([^"]*)"[^>]*Target="([^"]*)"')
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"((?: s="\d+")?)(?: t="\w+")?(?:/>|>.*?</c>)', re.DOTALL)


class Line(NamedTuple):
    """A row under the titles of a table: its number in the table (from 1) and its texts by field."""

    numero: int
    textes: dict[str, str]


class Form:
    """A workbook in hand; nothing is changed but what is typed."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._typed: dict[str, dict[str, Typed]] = {}
        self._grids: dict[str, list[tuple[object, ...]]] = {}

    def names(self) -> list[str]:
        """Names of the sheets, hidden ones too."""
        with ZipFile(io.BytesIO(self._content)) as archive:
            return [unescape(name) for name, _ in _SHEETS.findall(archive.read("xl/workbook.xml").decode())]

    def lines(self, sheet: str, columns: Sequence[Column]) -> list[Line]:
        """The rows of a table that already hold something."""
        places = self._places(sheet, columns)
        return [
            Line(number, {field: _text(row[place]) for field, place in places.items() if place < len(row)})
            for number, row in enumerate(self._grid(sheet)[1:], start=1)
            if any(_text(cell) for cell in row)
        ]

    def mark(self) -> dict[str, str]:
        """What the hidden sheet says: type, dossier, round, person."""
        return {_text(row[0]): _text(row[1]) for row in self._grid(MARK_SHEET) if len(row) > 1}

    def type_row(self, sheet: str, columns: Sequence[Column], numero: int, values: dict[str, Typed]) -> None:
        """Type into the row of that number of a table, by field. Raises ``KeyError`` for an unknown field."""
        places = self._places(sheet, columns)
        for field, value in values.items():
            self.type_cell(sheet, address(numero, places[field]), value)

    def type_beside(self, sheet: str, label: str, value: Typed) -> None:
        """Type in the cell to the right of a label. Raises ``KeyError`` when the label is not there."""
        for row, cells in enumerate(self._grid(sheet)):
            for column, cell in enumerate(cells):
                if _text(cell) == label:
                    self.type_cell(sheet, address(row, column + 1), value)
                    return
        raise KeyError(label)

    def type_cell(self, sheet: str, cell: str, value: Typed) -> None:
        """Type in a cell; None empties it."""
        self._typed.setdefault(sheet, {})[cell] = value

    def save(self) -> bytes:
        """The workbook as it was saved. Raises ``KeyError`` when a cell typed in does not exist."""
        with ZipFile(io.BytesIO(self._content)) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        parts = dict(_PARTS.findall(entries["xl/_rels/workbook.xml.rels"].decode()))
        for name, part in _SHEETS.findall(entries["xl/workbook.xml"].decode()):
            if typed := self._typed.get(unescape(name)):
                path = f"xl/{parts[part]}"
                entries[path] = _fill(entries[path].decode(), typed).encode()
        packed = io.BytesIO()
        with ZipFile(packed, "w", ZIP_STORED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return freeze(packed.getvalue())

    def _grid(self, sheet: str) -> list[tuple[object, ...]]:
        if sheet not in self._grids:
            with CalamineWorkbook.from_filelike(io.BytesIO(self._content)) as workbook:
                rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                self._grids[sheet] = [tuple(row) for row in rows]
        return self._grids[sheet]

    def _places(self, sheet: str, columns: Sequence[Column]) -> dict[str, int]:
        titles = {column.title: column.field for column in columns}
        first = self._grid(sheet)[0]
        return {titles[str(title)]: place for place, title in enumerate(first) if str(title) in titles}


def _fill(xml: str, typed: dict[str, Typed]) -> str:
    left = dict(typed)

    def replace(found: re.Match[str]) -> str:
        if found[1] not in left:
            return found[0]
        return _cell(found[1], found[2], left.pop(found[1]))

    filled = _CELL.sub(replace, xml)
    if left:
        raise KeyError(", ".join(left))
    return filled


def _cell(place: str, style: str, value: Typed) -> str:
    match value:
        case None | "":
            return f'<c r="{place}"{style}/>'
        case str():
            text = escape(value, quote=False)
            return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        case _:
            return f'<c r="{place}"{style}><v>{value}</v></c>'


def _text(value: object) -> str:
    """The value as text; a whole number without decimals."""
    return (
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value if value is not None else "")
    )
